"""The Kafka topics that are ingested, as data: a new one is an entry here and a schema per type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TopicSpec:
    """One topic.

    Attributes:
        name: Name in Kafka.
        types: CloudEvents types it carries; each has a schema in `events/`.
        key: Field of `data` that messages are keyed by.
        description: One line for people, shown in the UI.
    """

    name: str
    types: tuple[str, ...]
    key: str
    description: str = ""

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
    ),
)
