"""The Kafka topics that are ingested, as data: a new one is an entry here and a schema per type."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.event_types import Property, properties
from contracts.personal import Level, strongest

#: Column of every topic's raw table with the time of the event.
EVENT_AT = "event_at"
#: Property of `data` that names a customer record.
CUSTOMER_ID = "affiliate_customer_id"


@dataclass(frozen=True)
class TopicSpec:
    """One topic.

    Attributes:
        name: Name in Kafka.
        types: CloudEvents types it carries; each has a schema in `events/`.
        key: Field of `data` that messages are keyed by.
        description: One line for people, shown in the UI.
        business_time: Column of the raw table from which the marts date something.
        stale_after_days: Days without a new message after which the source may have stopped.
    """

    name: str
    types: tuple[str, ...]
    key: str
    description: str = ""
    business_time: str | None = EVENT_AT
    stale_after_days: int | None = None

    def __post_init__(self) -> None:
        if not self.types:
            raise ValueError(f"{self.name}: a topic carries at least one type")

    @property
    def dataset(self) -> str:
        """Name in the landing zone."""
        return f"events/{self.name}"

    @property
    def raw_table(self) -> str:
        """Name of the raw table in the warehouse's schema `raw`."""
        return f"events_{self.name.replace('.', '_').replace('-', '_')}"

    @property
    def properties(self) -> tuple[Property, ...]:
        """Properties of `data` in any of its types, each once."""
        found = {one.name: one for name in self.types for one in properties(name)}
        return tuple(found.values())

    @property
    def level(self) -> Level:
        """Return how an event identifies a person; one with a record ID is at least `quasi`.

        An event may hold fields beyond its contract, which are landed as well.
        """
        found = strongest(one.personal for one in self.properties)
        names_customer = any(one.name == CUSTOMER_ID for one in self.properties)
        return "quasi" if found == "none" and names_customer else found

    def of_class(self, *classes: str) -> tuple[str, ...]:
        """Names of the properties of these classes of personal data."""
        return tuple(one.name for one in self.properties if one.personal in classes)


TOPICS: tuple[TopicSpec, ...] = (
    TopicSpec(
        "affiliate.customers",
        ("CustomerCreated", "CustomerUpdated"),
        key="affiliate_customer_id",
        description="Customers as affiliates create and change them",
    ),
    TopicSpec(
        "storefront.visits",
        ("ProductVisited",),
        key="affiliate_customer_id",
        description="Products that customers looked at",
        stale_after_days=7,
    ),
    TopicSpec(
        "sales.funnel",
        (
            "DealOpened",
            "ContactMade",
            "LeadQualified",
            "DemoScheduled",
            "DemoHeld",
            "NegotiationStarted",
            "DealWon",
            "DealLost",
            "DealReopened",
        ),
        key="deal_id",
        description="Deals moving from stage to stage",
        stale_after_days=7,
    ),
    TopicSpec(
        "marketing.follow-ups",
        ("FollowUpScheduled", "FollowUpDone"),
        key="deal_id",
        description="Tasks to get back to customers, planned and done",
    ),
    TopicSpec(
        "marketing.consents",
        ("ConsentGranted", "ConsentWithdrawn"),
        key="affiliate_customer_id",
        description="What customers allow, and what they no longer do",
    ),
    TopicSpec(
        "privacy.erasures",
        ("CustomerErased",),
        key="affiliate_customer_id",
        description="Customers who asked to be forgotten",
        business_time=None,
    ),
)

_BY_DATASET = {spec.dataset: spec for spec in TOPICS}

#: Where customers ask to be forgotten.
CUSTOMER_EVENTS = _BY_DATASET["events/affiliate.customers"]
ERASURES = _BY_DATASET["events/privacy.erasures"]


def of_dataset(dataset: str) -> TopicSpec | None:
    """The contract of a landed dataset, `events/<topic>`; None if it has none."""
    return _BY_DATASET.get(dataset)
