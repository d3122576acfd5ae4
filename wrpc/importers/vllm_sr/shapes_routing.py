"""Known keys and their types: the file, providers, models, recipes and decisions (notation: `shapes.py`)."""

from __future__ import annotations

ROUTING = {
    "file": (
        "version:version! listeners:[listener] providers:providers evaluation:evaluation routing:routing "
        "entrypoints:[entrypoint] recipes:[recipe] global:global"
    ),
    "candidate_requirements": "capabilities:=declared context:=known_limits",
    "backend_ref": (
        "name:text endpoint:text protocol:text weight:natural base_url:text provider:text auth_header:text "
        "auth_prefix:text extra_headers:{text} api_version:text chat_path:text api_key:text "
        "api_key_env:text"
    ),
    "entrypoint": "model_names:[text] recipe:text!",
    "provider_defaults": "model:text reasoning_effort:text",
    "provider_model": (
        "name:text! catalog:text reasoning:reasoning provider_model_id:text backend_refs:[backend_ref] "
        "pricing:model_pricing reliability:provider_reliability api_format:text external_model_ids:{text}"
    ),
    "providers": "defaults:provider_defaults models:[provider_model]",
    "reasoning": (
        "family:text type:text parameter:text activation_parameter:text effort_flags:{text} levels:[text] "
        "default:text modes:[text] default_mode:text disabled:text"
    ),
    "recipe": "name:text! description:text routing:recipe_routing",
    "recipe_routing": (
        "candidate_requirements:candidate_requirements data_policy:routing_data_policy "
        "model_bindings:{model_binding} signals:signals projections:projections decisions:[decision] "
        "strategy:priority|confidence fallback:fallback_policy"
    ),
    "routing": (
        "candidate_requirements:candidate_requirements data_policy:routing_data_policy "
        "model_bindings:{model_binding} modelCards:[model_card] signals:signals projections:projections "
        "decisions:[decision] strategy:priority|confidence fallback:fallback_policy"
    ),
    "circuit_breaker": "consecutive_failures:int cooldown_period:any half_open_probes:int",
    "decision": (
        "name:text! description:text priority:int tier:natural output_contract:text "
        "output_contract_spec:output_contract rules:rule_node action:decision_action modelRefs:[model_ref] "
        "algorithm:algorithm adaptations:decision_adaptations plugins:[decision_plugin] "
        "candidateIterations:[candidate_iteration] emits:[emit_directive] annotations:{any}"
    ),
    "decision_action": "type:=route destination:text",
    "emit_directive": "kind:=retention retention:retention_directive",
    "fallback_policy": (
        "version:int enabled:bool max_attempts:natural total_timeout:any per_attempt_timeout:any "
        "retryable_status_codes:[int] circuit_breaker:circuit_breaker"
    ),
    "listener": "name:text address:text port:port timeout:text api_keys:[text]",
    "lora": "name:text! description:text",
    "modalities": "input:[text] output:[text]",
    "model_binding": (
        "deployment:text contract:text adapter:text head:text mapping_path:text "
        "pair_scorer:pair_scorer_selection operating_point:operating_point_reference"
    ),
    "model_distribution": "type:text source:text license:text",
    "model_pricing": (
        "currency:text prompt_per_1m:nonneg completion_per_1m:nonneg cached_input_per_1m:nonneg "
        "cache_write_per_1m:nonneg"
    ),
    "model_ref": (
        "model:text! lora_name:text weight:nonneg use_reasoning:bool reasoning_description:text "
        "reasoning_mode:text reasoning_effort:text"
    ),
    "operating_point_reference": "path:text sha256:text",
    "pair_scorer_selection": "layer:int dimension:int",
    "provider_presentation": "logo:text monogram:text monochrome:bool",
    "provider_reliability": (
        "lb_policy:text retry_count:natural retry_on:text consecutive_5xx:int base_ejection_time:text "
        "max_ejection_percent:int health_check_path:text health_check_interval:text "
        "health_check_timeout:text"
    ),
    "retention_directive": ("drop:bool ttl_turns:natural keep_current_model:bool prefer_prefix_retention:bool"),
    "routing_data_policy": "replay:bool",
    "model_card": (
        "name:text! display_name:text publisher:text presentation:provider_presentation "
        "distribution:model_distribution family:text revision:text released_at:text knowledge_cutoff:text "
        "lifecycle:text param_size:text context_window_size:positive max_output_tokens:positive "
        "description:text capabilities:[text] loras:[lora] modalities:modalities modality:text tags:[text]"
    ),
}
