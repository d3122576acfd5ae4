"""Known keys and their types: algorithms, plugins and output contracts. The notation stands in `shapes.py`."""

from __future__ import annotations

ACTIONS = {
    "decision_plugin": "type:plugin! configuration:any",
    "advanced_tool_filtering": (
        "enabled:bool retrieval_strategy:text candidate_pool_size:int min_lexical_overlap:int "
        "min_combined_score:number weights:tool_filtering_weights use_category_filter:bool "
        "category_confidence_threshold:number allow_tools:[text] block_tools:[text] "
        "hybrid_history:hybrid_history_tool_retrieval"
    ),
    "algorithm": (
        "type:algorithm_word! minimum_candidates:int confidence:confidence_algorithm "
        "ratings:ratings_algorithm remom:remom fusion:fusion_algorithm workflows:workflows_algorithm "
        "router_dc:router_dc_selection automix:automix hybrid:hybrid_selection "
        "latency_aware:latency_aware_algorithm multi_factor:multi_factor_selection prompt:prompt_selection "
        "on_error:text"
    ),
    "automix": (
        "verification_threshold:number max_escalations:int cost_aware_routing:bool "
        "cost_quality_tradeoff:number discount_factor:number use_logprob_verification:bool"
    ),
    "candidate_iteration": ("variable:text source:text models:[model_ref] outputs:[candidate_iteration_output]"),
    "candidate_iteration_output": "type:text value:text",
    "confidence_algorithm": (
        "confidence_method:text threshold:number hybrid_weights:hybrid_weights on_error:text "
        "escalation_order:text cost_quality_tradeoff:number token_filter:text verifier_server_url:text "
        "verifier_timeout_seconds:int max_response_bytes:int"
    ),
    "compression_budget": "trigger_tokens:any target_tokens:any reserve_output_tokens:any",
    "compression_current_user": "mode:text",
    "compression_plugin": (
        "enabled:bool mode:text budget:compression_budget targets:compression_targets "
        "scoring:compression_scoring recovery:compression_recovery "
        "request_controls:compression_request_controls failure_mode:text"
    ),
    "compression_recovery": (
        "enabled:bool store:text ttl_seconds:int max_bytes_per_request:int max_total_bytes:int max_retrievals:int"
    ),
    "compression_request_controls": "enabled:bool header:text allowed:[text] max_target_tokens:int",
    "compression_scoring": "method:text embedding_model_ref:text",
    "compression_target": "mode:text min_tokens:int target_tokens:int",
    "compression_targets": (
        "current_user:compression_current_user tool_outputs:compression_target history:compression_target "
        "rag:compression_target memory:compression_target"
    ),
    "decision_adaptations": (
        "mode:|apply|observe|bypass adaptation:decision_learning_adaptation protection:decision_learning_protection"
    ),
    "decision_learning_adaptation": "mode:|apply|observe|bypass candidate_set:|decision|tier|global",
    "decision_learning_protection": ("mode:|apply|observe|bypass stability_weight:number switch_margin:number"),
    "dynamic_retrieval": (
        "enabled:bool strategy:text history_window:int weights:dynamic_retrieval_weights "
        "min_history_confidence:number fallback_on_low_confidence:bool"
    ),
    "dynamic_retrieval_weights": ("semantic:number history:number decision_prior:number repetition_penalty:number"),
    "fast_response_plugin": "message:text",
    "fusion_algorithm": (
        "model:text analysis_models:[text] analysis_mode:text analysis_overrides:[fusion_model_override] "
        "max_concurrent:int max_completion_tokens:int round_timeout_seconds:int "
        "min_successful_responses:int temperature:number include_analysis:bool on_error:text "
        "quorum_failure_policy:text quorum_fallback_target:text analysis_template:text "
        "synthesis_template:text judge_prompt_version:text include_intermediate_responses:bool "
        "grounding:fusion_grounding"
    ),
    "fusion_grounding": (
        "enabled:bool reference:text policy:text min_score:number min_keep:int "
        "nli_contradiction_penalty:number on_error:text"
    ),
    "fusion_model_override": "model:text temperature:number max_completion_tokens:int",
    "hallucination_plugin": (
        "enabled:bool use_nli:bool hallucination_action:text unverified_factual_action:text "
        "include_hallucination_details:bool"
    ),
    "header_mutation_plugin": "add:[header_pair] update:[header_pair] delete:[text]",
    "header_pair": "name:text! value:text",
    "hybrid_history_tool_retrieval": (
        "history_horizon:int min_history_steps:int history_confidence_threshold:number "
        "weight_semantic:number weight_history_transition:number weight_decision_prior:number "
        "repetition_penalty_strength:number"
    ),
    "hybrid_selection": (
        "experience_weight:number router_dc_weight:number automix_weight:number cost_weight:number "
        "quality_gap_threshold:number normalize_scores:bool"
    ),
    "hybrid_weights": "logprob_weight:number margin_weight:number",
    "latency_aware_algorithm": "tpot_percentile:int ttft_percentile:int description:text",
    "memory_plugin": (
        "enabled:bool retrieval_limit:int similarity_threshold:number auto_store:bool hybrid_search:bool "
        "hybrid_mode:text reflection:memory_reflection"
    ),
    "memory_reflection": (
        "enabled:bool algorithm:text max_inject_tokens:int recency_decay_days:int dedup_threshold:number "
        "block_patterns:[text]"
    ),
    "multi_factor_objective": "strategy:text priorities:[multi_factor_priority]",
    "multi_factor_priority": "factor:text tolerance:number",
    "multi_factor_slo": "max_tpot_ms:number max_ttft_ms:number max_cost_per_1m:number max_inflight:int",
    "multi_factor_selection": (
        "objective:multi_factor_objective weights:multi_factor_weights slo:multi_factor_slo "
        "quality:quality_evidence expected_output_tokens:int latency_percentile:int "
        "latency_metric:ttft|tpot on_no_candidates:text"
    ),
    "multi_factor_weights": "quality:number latency:number cost:number load:number",
    "output_contract_choice_set_spec": "values:[text]",
    "output_contract_extract_spec": "mode:text sources:[text]",
    "output_contract_json_schema_spec": "schema_ref:text",
    "output_contract_normalize_spec": "defaults:{text}",
    "output_contract_postprocess": "type:text",
    "output_contract_reference_spec": "source:text id_format:text",
    "output_contract_render_spec": "mode:text template:text",
    "output_contract": (
        "type:text choice_set:output_contract_choice_set_spec json_schema:output_contract_json_schema_spec "
        "reference:output_contract_reference_spec render:output_contract_render_spec "
        "extract:output_contract_extract_spec normalize:output_contract_normalize_spec "
        "postprocess:[output_contract_postprocess]"
    ),
    "prompt_cache_plugin": "enabled:bool ttl:text targets:[text] on_unsupported:text",
    "prompt_selection": "model:text instructions:text timeout_seconds:int",
    "quality_evidence": "index:text on_missing:text min_coverage:number min_score:number",
    "rag_plugin": (
        "enabled:bool backend:text similarity_threshold:number top_k:int max_context_length:int "
        "injection_mode:text rerank:rag_rerank backend_config:{any} on_failure:text cache_results:bool "
        "cache_ttl_seconds:int min_confidence_threshold:number"
    ),
    "rag_rerank": "top_k:int",
    "ratings_algorithm": "max_concurrent:int on_error:text",
    "remom": (
        "breadth_schedule:[int] model_distribution:text temperature:number include_reasoning:bool "
        "compaction_strategy:text compaction_tokens:int synthesis_template:text synthesis_model:text "
        "max_concurrent:int max_completion_tokens:int round_timeout_seconds:int "
        "min_successful_responses:int on_error:text shuffle_seed:int include_intermediate_responses:bool "
        "max_responses_per_round:int"
    ),
    "request_params_plugin": (
        "default_max_tokens:any blocked_params:[text] max_tokens_limit:int max_n:int strip_unknown:bool"
    ),
    "response_cache_personalized": "mode:text",
    "response_cache_plugin": (
        "enabled:bool mode:semantic|exact|exact_then_semantic scope:user|team|tenant|global "
        "semantic:response_cache_semantic request_controls:response_cache_request_controls "
        "personalized:response_cache_personalized revision:response_cache_revision "
        "allow_request_controls:bool control_header:text similarity_threshold:unit ttl_seconds:natural"
    ),
    "response_cache_request_controls": "enabled:bool header:text allowed:[text] max_ttl_seconds:int",
    "response_cache_revision": ("cache_epoch:text model_revision:text prompt_revision:text policy_revision:text"),
    "response_cache_semantic": "similarity_threshold:unit",
    "response_jailbreak_plugin": "enabled:bool threshold:unit action:text",
    "router_dc_selection": (
        "temperature:number dimension_size:int min_similarity:number use_query_contrastive:bool "
        "use_model_contrastive:bool require_descriptions:bool use_capabilities:bool"
    ),
    "router_replay_plugin": (
        "enabled:bool max_records:natural capture_request_body:bool capture_response_body:bool "
        "max_body_bytes:natural max_tool_trace_bytes:int max_tool_trace_steps:int"
    ),
    "shadow_dispatch_plugin": (
        "enabled:bool model:text sample_rate:unit max_concurrency:int max_queue_depth:int "
        "timeout_seconds:int max_response_bytes:int max_retries:int capture_response_body:bool "
        "max_capture_bytes:int tls_skip_verify:bool forward_headers:[text]"
    ),
    "system_prompt_plugin": "enabled:bool system_prompt:text mode:text",
    "tool_filtering_weights": "embed:number lexical:number tag:number name:number category:number",
    "tool_selection_plugin": (
        "enabled:bool mode:text tools_db_path:text top_k:int similarity_threshold:number "
        "advanced_filtering:advanced_tool_filtering strategy:text fallback_to_empty:bool "
        "relevance_threshold:number preserve_count:int"
    ),
    "tools_plugin": (
        "enabled:bool mode:passthrough|filtered|none| semantic_selection:bool allow_tools:[text] "
        "block_tools:[text] strip_tool_history:bool strategy:text dynamic_retrieval:dynamic_retrieval"
    ),
    "workflow_final": "model:text prompt:text",
    "workflow_planner": "model:text max_completion_tokens:int",
    "workflow_role": "name:text! models:[text] prompt:text access_list:[text]",
    "workflows_algorithm": (
        "mode:text template:text roles:[workflow_role] final:workflow_final planner:workflow_planner "
        "max_steps:int max_parallel:int max_completion_tokens:int round_timeout_seconds:int "
        "min_successful_responses:int temperature:number include_intermediate_responses:bool on_error:text"
    ),
}
