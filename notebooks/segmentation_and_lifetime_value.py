"""Customer segments and lifetime value from a release.

`.venv/bin/marimo edit notebooks/segmentation_and_lifetime_value.py` opens it in a browser.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    import polars as pl
    from scipy.optimize import minimize
    from scipy.special import gammaln, hyp2f1
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    from affiliate import open_release

    return (
        KMeans,
        StandardScaler,
        gammaln,
        hyp2f1,
        minimize,
        mo,
        np,
        open_release,
        pl,
        plt,
        silhouette_score,
    )


@app.cell
def _(mo):
    mo.md("""
    # Segments and lifetime value

    This notebook reads the company's file of a release: one DuckDB file, read only and without
    personal data. Amounts are in the reporting currency. Relative measures such as recency refer
    to the instant in `age_as_of`.
    """)


@app.cell
def _(open_release, pl):
    release = open_release()
    customers = release.sql("""
        select customer_id, rfm_segment, lifecycle_stage, recency_days, orders_count,
            cast(total_purchase_base as double) as value
        from customer
        where orders_count > 0 and total_purchase_base > 0
        order by customer_id
    """).pl()
    customers.group_by("lifecycle_stage").agg(
        pl.len().alias("customers"), pl.col("value").median().alias("median value")
    ).sort("customers", descending=True)
    return customers, release


@app.cell
def _(mo):
    mo.md("""
    ## Segments from behaviour

    `rfm_segment` divides each axis into five fixed scores. Clustering finds segments in the data
    instead: k-means on the logarithms of recency, frequency and value, because all three are
    skewed. The number of clusters is the one with the best silhouette score.
    """)


@app.cell
def _(KMeans, StandardScaler, customers, np, silhouette_score):
    behaviour = StandardScaler().fit_transform(
        np.log1p(customers.select("recency_days", "orders_count", "value").to_numpy())
    )
    fitted = {
        k: KMeans(k, n_init=10, random_state=0).fit(behaviour)
        for k in range(2, 8)
        if k < len(customers)
    }
    separation = {
        k: silhouette_score(behaviour, model.labels_, sample_size=5000, random_state=0)
        for k, model in fitted.items()
    }
    best = max(separation, key=separation.__getitem__)
    segmented = customers.with_columns(cluster=fitted[best].labels_)
    return best, segmented, separation


@app.cell
def _(best, pl, plt, segmented):
    chart, axis = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for cluster in range(best):
        members = segmented.filter(pl.col("cluster") == cluster)
        axis.scatter(
            members["recency_days"],
            members["value"],
            s=6 + 3 * members["orders_count"].to_numpy(),
            alpha=0.5,
            label=f"{cluster}: {len(members):,} customers",
        )
    axis.set(
        xscale="symlog",
        yscale="log",
        xlabel="days since the last order",
        ylabel="value to date",
        title="Clusters of customers (size: orders)",
    )
    axis.legend()
    chart
    return


@app.cell
def _(pl, segmented):
    segmented.group_by("cluster").agg(
        pl.len().alias("customers"),
        pl.col("recency_days", "orders_count", "value").median(),
        pl.col("rfm_segment").mode().sort().first().alias("most common segment"),
    ).sort("value", descending=True)
    return


@app.cell
def _(mo):
    mo.md("""
    ## Lifetime value

    The BG/NBD model (Fader, Hardie and Lee, 2005) assumes that each customer buys at an individual
    rate and may leave after each purchase. It needs three numbers per customer: the number of
    repeat purchases, the time of the last one, and the length of the observation. We validate it
    first: we fit it on the data of 90 days ago and compare its forecast with the 90 days since.
    """)


@app.cell
def _(release):
    def purchases(horizon_days):
        """Repeat purchase days, age at the last one, age, and purchases in the horizon."""
        return release.execute(
            """
            with days as (
                select distinct customer_id, order_date_local as day,
                    (select cast(max(age_as_of) as date) from customer) as today
                from customer_orders
                where is_valid_sale and customer_id is not null
            ),
            cut as (select *, today - cast(? as integer) as cutoff from days)
            select customer_id,
                count(*) filter (where day <= cutoff) - 1 as frequency,
                max(day) filter (where day <= cutoff) - min(day) as recency,
                max(cutoff) - min(day) as age,
                count(*) filter (where day > cutoff) as later
            from cut
            group by customer_id
            having min(day) <= max(cutoff)
            order by customer_id
            """,
            [horizon_days],
        ).pl()

    return (purchases,)


@app.cell
def _(gammaln, hyp2f1, minimize, np):
    def log_likelihood(parameters, x, t_x, age):
        """Log-likelihood of each customer, by the formula of the paper."""
        r, alpha, a, b = np.exp(parameters)
        common = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            + gammaln(b + x)
            - gammaln(b)
            - gammaln(a + b + x)
        )
        still_here = -(r + x) * np.log(alpha + age)
        left = np.where(
            x > 0,
            np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x),
            -np.inf,
        )
        return common + np.logaddexp(still_here, left)

    def fit(x, t_x, age):
        """Maximum-likelihood estimates of r, alpha, a and b."""
        found = minimize(
            lambda p: -log_likelihood(p, x, t_x, age).mean() + 1e-3 * (p**2).mean(),
            x0=np.array([0.0, np.log(max(age.mean(), 1)), 0.0, 0.0]),
            method="L-BFGS-B",
            bounds=[(-6, 8)] * 4,
        )
        return np.exp(found.x)

    def p_alive(parameters, x, t_x, age):
        """Probability that a customer has not left."""
        r, alpha, a, b = parameters
        odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)
        return 1 / (1 + np.where(x > 0, odds, 0))

    def expected(parameters, x, t_x, age, days):
        """Expected purchases in the next days, by the formula of the paper."""
        r, alpha, a, b = parameters
        end = alpha + age + days
        still_to_come = 1 - ((alpha + age) / end) ** (r + x) * hyp2f1(
            r + x, b + x, a + b + x - 1, days / end
        )
        return (a + b + x - 1) / (a - 1) * still_to_come * p_alive(parameters, x, t_x, age)

    return expected, fit, p_alive


@app.cell
def _(expected, fit, purchases):
    known_then = purchases(90)
    seen = [known_then[c].to_numpy().astype(float) for c in ("frequency", "recency", "age")]
    parameters_then = fit(*seen)
    foreseen = known_then.with_columns(expected=expected(parameters_then, *seen, 90))
    accuracy = foreseen["expected"].sum() / max(foreseen["later"].sum(), 1)
    return accuracy, foreseen


@app.cell
def _(accuracy, foreseen, np, pl, plt):
    by_frequency = (
        foreseen.group_by(pl.col("frequency").clip(upper_bound=7))
        .agg(pl.col("expected", "later").mean())
        .sort("frequency")
    )
    check, bars = plt.subplots(figsize=(8, 3.5), layout="constrained")
    place = np.arange(len(by_frequency))
    bars.bar(place - 0.2, by_frequency["expected"], 0.4, label="forecast")
    bars.bar(place + 0.2, by_frequency["later"], 0.4, label="actual")
    bars.set_xticks(place, [f"{f}+" if f == 7 else str(f) for f in by_frequency["frequency"]])
    bars.set(
        xlabel="repeat purchases up to 90 days ago",
        ylabel="purchases per customer since then",
        title=f"Total forecast: {accuracy:.0%} of actual purchases",
    )
    bars.legend()
    check
    return


@app.cell
def _(expected, fit, p_alive, pl, purchases, release):
    now = purchases(0)
    known = [now[c].to_numpy().astype(float) for c in ("frequency", "recency", "age")]
    parameters = fit(*known)
    value = release.sql(
        "select customer_id, cast(avg_ticket_base as double) as ticket,"
        " cast(ltv_12m_expected as double) as by_rule from customer"
    ).pl()
    lifetime = (
        now.with_columns(
            alive=p_alive(parameters, *known),
            purchases_12m=expected(parameters, *known, 365),
        )
        .join(value, on="customer_id")
        .with_columns(value_12m=pl.col("purchases_12m") * pl.col("ticket"))
        .sort("value_12m", descending=True)
    )
    lifetime.head(10)
    return (lifetime,)


@app.cell
def _(lifetime, np, plt):
    worth = np.sort(lifetime["value_12m"].fill_null(0).to_numpy())[::-1]
    concentration, curve = plt.subplots(figsize=(8, 3.5), layout="constrained")
    curve.plot(
        np.arange(1, len(worth) + 1) / len(worth) * 100,
        worth.cumsum() / max(worth.sum(), 1e-9) * 100,
    )
    curve.set(
        xlabel="% of customers, most valuable first",
        ylabel="% of the value expected in 12 months",
        title="Few customers account for most of the expected value",
    )
    curve.grid(alpha=0.3)
    concentration
    return


if __name__ == "__main__":
    app.run()
