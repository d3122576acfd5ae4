"""Types of attributes: what a block's `name value` may hold."""

from __future__ import annotations

from fractions import Fraction

from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)


@value
class Quantity:
    """A number of one dimension within bounds; `whole` is without a fraction."""

    dimension: str = ""
    whole: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False


@value
class Phrase:
    """A string; a bare word will do."""


@value
class Familiar:
    """As `Phrase`, of a kind of which many words are known (`familiar`)."""

    of: str


@value
class Quoted:
    """A string."""


@value
class Words:
    """One of these words, bare."""

    words: tuple[str, ...]


@value
class Identifier:
    """A bare name that is the writer's own."""


@value
class Reference:
    """The name of something declared."""

    kind: str


@value
class Several:
    """A list; one thing alone may go without brackets."""

    of: Kind


@value
class Between:
    """A whole number or a range of them (`2..6`)."""

    low: Fraction = ZERO


@value
class Table:
    """A block of names of one's own, each with a value of one type (`gpus { h100 32 }`). `names`: of which kind the
    names are, where many of them are known."""

    of: Kind
    names: str = ""


@value
class Rest:
    """Whatever a block holds beside its attributes: names of one's own, each with a value of one type. `names` as for
    `Table`."""

    of: Kind
    names: str


@value
class Nested:
    """A block with a vocabulary of its own."""

    block: str


@value
class Address:
    """A string, or `env("NAME")`."""


@value
class Secret:
    """`env("NAME")`: what stands in no file."""


@value
class Labels:
    """Names of one's own with a word, a string or a number."""


@value
class Either:
    """The first type that a value's form fits."""

    options: tuple[Kind, ...]


@value
class Free:
    """Any value: whoever reads it knows more."""


@value
class Worded:
    """A word, a string, a list or a block: anything but a number."""


@value
class Distribution:
    """Points, or a call that names a distribution."""


@value
class Waivers:
    """Codes, each with an owner, a last day and a reason; `waivers` reads them."""


@value
class Elsewhere:
    """What its reader reads by a table of its own."""


Kind = (
    Quantity | Phrase | Familiar | Quoted | Words | Identifier | Reference | Several | Between | Table | Rest | Nested
    | Address | Secret | Labels | Either | Free | Worded | Distribution | Waivers | Elsewhere
)  # fmt: skip

COUNT = Quantity(whole=True, low=ZERO)
POSITIVE = Quantity(whole=True, low=ONE)
NUMBER = Quantity(low=ZERO)
SHARE = Quantity(low=ZERO, high=ONE)
SIZE = Quantity("B", low=ZERO)
TIME = Quantity("s", low=ZERO)
POWER = Quantity("W", low=ZERO)
RATE = Quantity("1/s", low=ZERO)
TOKEN_PRICE = Quantity("USD/tok", low=ZERO)

APIS = ("openai", "anthropic", "bedrock", "vertex", "azure", "gemini")
RESOLVE_KEYS = ("priority", "confidence", "name")
ROLES = ("prefill", "decode", "both")
ON_ERROR = ("fires", "silent", "deny")
ON_UNKNOWN = ("silent", "fires", "deny")

# The second half are the algorithms of vLLM Semantic Router (router-config v0.3).
SELECTIONS = (
    "latency", "cost", "quality", "random", "round_robin", "least_busy", "least_cost", "usage", "weighted", "affinity",
    "automix", "confidence", "elo", "fusion", "hybrid", "kmeans", "knn", "latency_aware", "mlp", "multi_factor",
    "prompt", "ratings", "remom", "router_dc", "static", "svm", "workflows",
)  # fmt: skip
