"""What only a gateway's configuration can have wrong: 16x to 18x of its keys, 26x and 35x of its groups."""

from __future__ import annotations

from wrpc.importers.litellm.codes.access import CLEARTEXT_SECRET as CLEARTEXT_SECRET
from wrpc.importers.litellm.codes.access import NEEDS_LICENCE as NEEDS_LICENCE
from wrpc.importers.litellm.codes.access import OPEN_ENDPOINT as OPEN_ENDPOINT
from wrpc.importers.litellm.codes.access import UNSAFE_MASTER_KEY as UNSAFE_MASTER_KEY
from wrpc.importers.litellm.codes.deployments import IGNORED_WEIGHT as IGNORED_WEIGHT
from wrpc.importers.litellm.codes.deployments import MADE_UP_ANSWERS as MADE_UP_ANSWERS
from wrpc.importers.litellm.codes.deployments import NO_DEPLOYMENTS as NO_DEPLOYMENTS
from wrpc.importers.litellm.codes.deployments import SAME_DEPLOYMENT as SAME_DEPLOYMENT
from wrpc.importers.litellm.codes.deployments import SHARED_TAGS as SHARED_TAGS
from wrpc.importers.litellm.codes.deployments import STAR_SENT as STAR_SENT
from wrpc.importers.litellm.codes.deployments import STARVED_DEPLOYMENT as STARVED_DEPLOYMENT
from wrpc.importers.litellm.codes.deployments import STRAY_REQUESTS as STRAY_REQUESTS
from wrpc.importers.litellm.codes.deployments import UNKNOWN_MODEL as UNKNOWN_MODEL
from wrpc.importers.litellm.codes.deployments import UNKNOWN_PROVIDER as UNKNOWN_PROVIDER
from wrpc.importers.litellm.codes.deployments import WRONG_ADDRESS as WRONG_ADDRESS
from wrpc.importers.litellm.codes.keys import LATE_VARIABLE as LATE_VARIABLE
from wrpc.importers.litellm.codes.keys import LITERAL_VARIABLE as LITERAL_VARIABLE
from wrpc.importers.litellm.codes.keys import MISPLACED_KEY as MISPLACED_KEY
from wrpc.importers.litellm.codes.keys import OPEN_ELSEWHERE as OPEN_ELSEWHERE
from wrpc.importers.litellm.codes.keys import SETTING_TWICE as SETTING_TWICE
from wrpc.importers.litellm.codes.keys import UNKNOWN_PARAMETER as UNKNOWN_PARAMETER
from wrpc.importers.litellm.codes.keys import WITHOUT_EFFECT as WITHOUT_EFFECT
from wrpc.importers.litellm.codes.names import ALIAS_WITHOUT_FALLBACKS as ALIAS_WITHOUT_FALLBACKS
from wrpc.importers.litellm.codes.names import FALLBACK_OF_NOTHING as FALLBACK_OF_NOTHING
from wrpc.importers.litellm.codes.names import FALLBACK_SHAPE as FALLBACK_SHAPE
from wrpc.importers.litellm.codes.names import HIDDEN_GROUP as HIDDEN_GROUP
from wrpc.importers.litellm.codes.names import SECOND_CHAIN as SECOND_CHAIN
