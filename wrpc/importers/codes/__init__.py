"""Every code that an importer gives, each with its page. The families are those of the language."""

from __future__ import annotations

from wrpc.importers.codes.decisions import (
    BUILT_IN as BUILT_IN,
)
from wrpc.importers.codes.decisions import (
    CONTRADICTING as CONTRADICTING,
)
from wrpc.importers.codes.decisions import (
    DROPPED as DROPPED,
)
from wrpc.importers.codes.decisions import (
    EMPTY_RANGE as EMPTY_RANGE,
)
from wrpc.importers.codes.decisions import (
    MAPPING_GAP as MAPPING_GAP,
)
from wrpc.importers.codes.decisions import (
    MAPPING_OVERLAP as MAPPING_OVERLAP,
)
from wrpc.importers.codes.decisions import (
    NO_MODELS as NO_MODELS,
)
from wrpc.importers.codes.decisions import (
    NO_OPERATOR as NO_OPERATOR,
)
from wrpc.importers.codes.decisions import (
    NOT_IMPORTED as NOT_IMPORTED,
)
from wrpc.importers.codes.decisions import (
    RANKED_OTHERWISE as RANKED_OTHERWISE,
)
from wrpc.importers.codes.decisions import (
    REFUSED as REFUSED,
)
from wrpc.importers.codes.decisions import (
    SAME_RULES as SAME_RULES,
)
from wrpc.importers.codes.decisions import (
    UNREACHABLE_OUTPUT as UNREACHABLE_OUTPUT,
)
from wrpc.importers.codes.decisions import (
    UNREAD_SIGNAL as UNREAD_SIGNAL,
)
from wrpc.importers.codes.decisions import (
    WITHOUT_TIER as WITHOUT_TIER,
)
from wrpc.importers.codes.homes import (
    ANOTHER_SYSTEM as ANOTHER_SYSTEM,
)
from wrpc.importers.codes.homes import (
    ENCODED as ENCODED,
)
from wrpc.importers.codes.homes import (
    NOT_TEXT as NOT_TEXT,
)
from wrpc.importers.codes.homes import (
    TEMPLATE as TEMPLATE,
)
from wrpc.importers.codes.homes import (
    TWO_KINDS as TWO_KINDS,
)
from wrpc.importers.codes.reading import (
    ALIAS as ALIAS,
)
from wrpc.importers.codes.reading import (
    DUPLICATE_KEY as DUPLICATE_KEY,
)
from wrpc.importers.codes.reading import (
    KEY as KEY,
)
from wrpc.importers.codes.reading import (
    NOT_A_CONFIGURATION as NOT_A_CONFIGURATION,
)
from wrpc.importers.codes.reading import (
    SEVERAL_DOCUMENTS as SEVERAL_DOCUMENTS,
)
from wrpc.importers.codes.reading import (
    TAKEN_AS as TAKEN_AS,
)
from wrpc.importers.codes.reading import (
    TOO_DEEP as TOO_DEEP,
)
from wrpc.importers.codes.reading import (
    TOO_LARGE as TOO_LARGE,
)
from wrpc.importers.codes.reading import (
    UNREADABLE as UNREADABLE,
)
from wrpc.importers.codes.values import (
    BAD_PATTERN as BAD_PATTERN,
)
from wrpc.importers.codes.values import (
    BAD_SHAPE as BAD_SHAPE,
)
from wrpc.importers.codes.values import (
    CYCLE as CYCLE,
)
from wrpc.importers.codes.values import (
    DANGLING as DANGLING,
)
from wrpc.importers.codes.values import (
    DUPLICATE_NAME as DUPLICATE_NAME,
)
from wrpc.importers.codes.values import (
    MISSING_KEY as MISSING_KEY,
)
from wrpc.importers.codes.values import (
    OLDER_KEY as OLDER_KEY,
)
from wrpc.importers.codes.values import (
    OUT_OF_RANGE as OUT_OF_RANGE,
)
from wrpc.importers.codes.values import (
    UNKNOWN_KEY as UNKNOWN_KEY,
)
from wrpc.importers.codes.values import (
    UNKNOWN_WORD as UNKNOWN_WORD,
)
from wrpc.importers.codes.values import (
    WRONG_TYPE as WRONG_TYPE,
)

CODES = (
    UNREADABLE,
    DUPLICATE_KEY,
    ALIAS,
    KEY,
    SEVERAL_DOCUMENTS,
    TOO_DEEP,
    TOO_LARGE,
    NOT_A_CONFIGURATION,
    TAKEN_AS,
    ANOTHER_SYSTEM,
    TEMPLATE,
    ENCODED,
    NOT_TEXT,
    TWO_KINDS,
    UNKNOWN_KEY,
    DANGLING,
    WRONG_TYPE,
    OUT_OF_RANGE,
    DUPLICATE_NAME,
    BAD_PATTERN,
    UNKNOWN_WORD,
    MISSING_KEY,
    OLDER_KEY,
    BAD_SHAPE,
    CYCLE,
    MAPPING_GAP,
    MAPPING_OVERLAP,
    UNREACHABLE_OUTPUT,
    EMPTY_RANGE,
    SAME_RULES,
    WITHOUT_TIER,
    CONTRADICTING,
    DROPPED,
    NO_OPERATOR,
    BUILT_IN,
    REFUSED,
    RANKED_OTHERWISE,
    UNREAD_SIGNAL,
    NO_MODELS,
    NOT_IMPORTED,
)
