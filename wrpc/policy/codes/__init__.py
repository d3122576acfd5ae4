"""The codes of names, types, units and files, each with the page that `wrpc rule` shows."""

from __future__ import annotations

from wrpc.diagnostics import Code
from wrpc.policy.codes.bands import (
    BAND_GAP as BAND_GAP,
)
from wrpc.policy.codes.bands import (
    BAND_OVERLAP as BAND_OVERLAP,
)
from wrpc.policy.codes.bands import (
    EMPTY_BAND_STEP as EMPTY_BAND_STEP,
)
from wrpc.policy.codes.bands import (
    SIGNAL_WITHOUT_SOURCE as SIGNAL_WITHOUT_SOURCE,
)
from wrpc.policy.codes.bands import (
    UNREACHABLE_BAND_STEP as UNREACHABLE_BAND_STEP,
)
from wrpc.policy.codes.bands import (
    UNUSED_NAME as UNUSED_NAME,
)
from wrpc.policy.codes.blocks import (
    CONTRADICTING_PARTS as CONTRADICTING_PARTS,
)
from wrpc.policy.codes.blocks import (
    GROUP_MEMBERSHIP as GROUP_MEMBERSHIP,
)
from wrpc.policy.codes.blocks import (
    INCOMPLETE_WAIVER as INCOMPLETE_WAIVER,
)
from wrpc.policy.codes.blocks import (
    MISPLACED_OTHERS as MISPLACED_OTHERS,
)
from wrpc.policy.codes.blocks import (
    MISPLACED_PART as MISPLACED_PART,
)
from wrpc.policy.codes.blocks import (
    MISSING_PART as MISSING_PART,
)
from wrpc.policy.codes.blocks import (
    PARTIAL_WEIGHTS as PARTIAL_WEIGHTS,
)
from wrpc.policy.codes.blocks import (
    STEPS_OUT_OF_ORDER as STEPS_OUT_OF_ORDER,
)
from wrpc.policy.codes.blocks import (
    USELESS_ON_ERROR as USELESS_ON_ERROR,
)
from wrpc.policy.codes.expressions import (
    BAD_EXPRESSION as BAD_EXPRESSION,
)
from wrpc.policy.codes.expressions import (
    BARE_SCORE_COMPARED as BARE_SCORE_COMPARED,
)
from wrpc.policy.codes.expressions import (
    COMPARED_WITH_TRUE as COMPARED_WITH_TRUE,
)
from wrpc.policy.codes.expressions import (
    DEEP_DEFINITION as DEEP_DEFINITION,
)
from wrpc.policy.codes.expressions import (
    DEFINITION_CYCLE as DEFINITION_CYCLE,
)
from wrpc.policy.codes.expressions import (
    EMPTY_LIST as EMPTY_LIST,
)
from wrpc.policy.codes.expressions import (
    LARGE_EXPRESSION as LARGE_EXPRESSION,
)
from wrpc.policy.codes.expressions import (
    PRODUCT_OF_VARIABLES as PRODUCT_OF_VARIABLES,
)
from wrpc.policy.codes.expressions import (
    SCORE_WITHOUT_THRESHOLD as SCORE_WITHOUT_THRESHOLD,
)
from wrpc.policy.codes.expressions import (
    WRONG_OPERAND as WRONG_OPERAND,
)
from wrpc.policy.codes.files import (
    ESCAPING_IMPORT as ESCAPING_IMPORT,
)
from wrpc.policy.codes.files import (
    HEADER as HEADER,
)
from wrpc.policy.codes.files import (
    IMPORT_CYCLE as IMPORT_CYCLE,
)
from wrpc.policy.codes.files import (
    LANGUAGE_VERSION as LANGUAGE_VERSION,
)
from wrpc.policy.codes.files import (
    MISSING_IMPORT as MISSING_IMPORT,
)
from wrpc.policy.codes.files import (
    OVERRIDE_OF_NOTHING as OVERRIDE_OF_NOTHING,
)
from wrpc.policy.codes.names import (
    AMBIGUOUS_NAME as AMBIGUOUS_NAME,
)
from wrpc.policy.codes.names import (
    DUPLICATE_NAME as DUPLICATE_NAME,
)
from wrpc.policy.codes.names import (
    MISPLACED_NAME as MISPLACED_NAME,
)
from wrpc.policy.codes.names import (
    MIXED_LABEL as MIXED_LABEL,
)
from wrpc.policy.codes.names import (
    QUOTES as QUOTES,
)
from wrpc.policy.codes.names import (
    RESERVED_WORD as RESERVED_WORD,
)
from wrpc.policy.codes.names import (
    UNFAMILIAR_WORD as UNFAMILIAR_WORD,
)
from wrpc.policy.codes.names import (
    UNKNOWN_NAME as UNKNOWN_NAME,
)
from wrpc.policy.codes.names import (
    UNKNOWN_TARGET_SETTING as UNKNOWN_TARGET_SETTING,
)
from wrpc.policy.codes.names import (
    UNKNOWN_WORD as UNKNOWN_WORD,
)
from wrpc.policy.codes.names import (
    UNREAD_LABEL as UNREAD_LABEL,
)
from wrpc.policy.codes.tables import (
    INCOMPLETE_ROW as INCOMPLETE_ROW,
)
from wrpc.policy.codes.tables import (
    MISSING_ROW as MISSING_ROW,
)
from wrpc.policy.codes.tables import (
    MIXED_COLUMN as MIXED_COLUMN,
)
from wrpc.policy.codes.tables import (
    ROW_OF_NOTHING as ROW_OF_NOTHING,
)
from wrpc.policy.codes.tables import (
    TABLE_OF_WRONG_SIGNAL as TABLE_OF_WRONG_SIGNAL,
)
from wrpc.policy.codes.tables import (
    UNKNOWN_COLUMN as UNKNOWN_COLUMN,
)
from wrpc.policy.codes.values import (
    BAD_PATTERN as BAD_PATTERN,
)
from wrpc.policy.codes.values import (
    DUPLICATE_ATTRIBUTE as DUPLICATE_ATTRIBUTE,
)
from wrpc.policy.codes.values import (
    OUT_OF_RANGE as OUT_OF_RANGE,
)
from wrpc.policy.codes.values import (
    UNIT_MISMATCH as UNIT_MISMATCH,
)
from wrpc.policy.codes.values import (
    UNKNOWN_ATTRIBUTE as UNKNOWN_ATTRIBUTE,
)
from wrpc.policy.codes.values import (
    UNKNOWN_UNIT as UNKNOWN_UNIT,
)
from wrpc.policy.codes.values import (
    WRONG_ARGUMENTS as WRONG_ARGUMENTS,
)
from wrpc.policy.codes.values import (
    WRONG_TYPE as WRONG_TYPE,
)

CODES: tuple[Code, ...] = tuple(sorted((c for c in globals().values() if isinstance(c, Code)), key=lambda c: c.id))
