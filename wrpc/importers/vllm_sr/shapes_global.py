"""Known keys and their types: `global` and `evaluation`. The notation stands in `shapes.py`."""

from __future__ import annotations

GLOBAL = {
    "global": (
        "router:router_global services:service_global stores:store_global integrations:integration_global "
        "model_catalog:model_catalog"
    ),
    "router_global": (
        "config_source:file|kubernetes strategy:text auto_model_name:text auto_model_names:[text] "
        "include_config_models_in_list:bool clear_route_cache:bool streamed_body:streamed_body "
        "skip_processing:skip_processing model_selection:model_selection learning:router_learning "
        "fallback:fallback_policy"
    ),
    "streamed_body": "enabled:bool max_bytes:int timeout_sec:int",
    "skip_processing": "enabled:bool",
    "model_selection": (
        "method:text enabled:bool router_dc:router_dc_selection automix:automix hybrid:hybrid_selection "
        "ml:learned_selection"
    ),
    "learned_selection": ("models_path:text model_type:text embedding_dim:int knn:knn kmeans:kmeans svm:svm mlp:mlp"),
    "knn": "k:int pretrained_path:text",
    "kmeans": "num_clusters:int efficiency_weight:number pretrained_path:text",
    "svm": "kernel:text gamma:number pretrained_path:text",
    "mlp": "device:text pretrained_path:text",
    "router_learning": (
        "enabled:bool adaptation:router_learning_adaptation protection:router_learning_protection "
        "state_store:router_learning_state_store"
    ),
    "router_learning_adaptation": ("enabled:bool candidate_set:|decision|tier|global strategy:|routing_sampling"),
    "router_learning_protection": (
        "enabled:bool scope:|conversation|session identity:router_learning_identity "
        "tuning:router_learning_protection_tuning"
    ),
    "router_learning_identity": "headers:router_learning_identity_headers",
    "router_learning_identity_headers": "session:text conversation:text",
    "router_learning_protection_tuning": (
        "idle_timeout_seconds:int min_turns_before_switch:int switch_margin:number stability_weight:number "
        "progress_gate:progress_gate_tuning"
    ),
    "progress_gate_tuning": (
        "enabled:bool mode:observe|enforce calibration_id:text window_size:int window_ttl_seconds:int "
        "min_window_outcomes:int min_consecutive_regressions:int min_consecutive_recoveries:int "
        "cooldown_seconds:number max_switches_per_window:int"
    ),
    "router_learning_state_store": (
        "backend:|local|redis ttl_seconds:int timeout_ms:int redis:router_learning_redis_state_store"
    ),
    "router_learning_redis_state_store": "address:text password:text database:int key_prefix:text",
    "service_global": (
        "api:api response_api:response_api observability:observability authz:authz ratelimit:rate_limit "
        "management_api:management_api router_replay:replay_store startup_status:startup_status"
    ),
    "api": ("embeddings:embedding_api batch_classification:batch_classification routing_preview:routing_preview"),
    "embedding_api": "enabled:bool",
    "batch_classification": (
        "max_batch_size:int concurrency_threshold:int max_concurrency:int metrics:batch_classification_metrics"
    ),
    "batch_classification_metrics": (
        "sample_rate:number batch_size_ranges:[batch_size_range] duration_buckets:[number] "
        "size_buckets:[number] enabled:bool detailed_goroutine_tracking:bool high_resolution_timing:bool"
    ),
    "batch_size_range": "min:int max:int label:text",
    "routing_preview": "request_timeout_seconds:int max_concurrency:int",
    "response_api": ("enabled:bool store_backend:text ttl_seconds:int max_responses:int redis:response_api_redis"),
    "response_api_redis": (
        "address:text password:text db:int key_prefix:text cluster_mode:bool cluster_addresses:[text] "
        "pool_size:int min_idle_conns:int max_retries:int dial_timeout:int read_timeout:int "
        "write_timeout:int tls_enabled:bool tls_cert_path:text tls_key_path:text tls_ca_path:text "
        "config_path:text"
    ),
    "observability": "tracing:tracing metrics:metrics profiling:profiling",
    "tracing": (
        "enabled:bool provider:text exporter:tracing_exporter sampling:tracing_sampling resource:tracing_resource"
    ),
    "tracing_exporter": "type:text endpoint:text insecure:bool",
    "tracing_sampling": "type:text rate:number",
    "tracing_resource": "service_name:text service_version:text deployment_environment:text",
    "metrics": "enabled:bool windowed_metrics:windowed_metrics",
    "windowed_metrics": "enabled:bool time_windows:[text] update_interval:text max_models:int",
    "profiling": "enabled:bool port:int bind:text",
    "authz": "fail_open:bool identity:identity providers:[authz_provider]",
    "identity": "user_id_header:text user_groups_header:text",
    "authz_provider": "type:text headers:{text}",
    "rate_limit": "fail_open:bool providers:[rate_limit_provider]",
    "rate_limit_provider": "type:text address:text domain:text rules:[rate_limit_rule]",
    "rate_limit_rule": ("name:text! match:rate_limit_match requests_per_unit:int tokens_per_unit:int unit:text"),
    "rate_limit_match": "user:text group:text model:text",
    "management_api": "bind_address:text port:int remote_exposure:bool auth:management_api_auth",
    "management_api_auth": "mode:text tokens:[management_api_token_ref] roles:{[text]}",
    "management_api_token_ref": "env:text role:text",
    "replay_store": (
        "enabled:bool store_backend:text ttl_seconds:int async_writes:bool redis:router_replay_redis "
        "postgres:router_replay_postgres milvus:router_replay_milvus qdrant:router_replay_qdrant"
    ),
    "router_replay_redis": (
        "address:text db:int password:text use_tls:bool tls_skip_verify:bool max_retries:int pool_size:int "
        "key_prefix:text"
    ),
    "router_replay_postgres": (
        "host:text port:int database:text user:text password:text ssl_mode:text max_open_conns:int "
        "max_idle_conns:int conn_max_lifetime:int table_name:text"
    ),
    "router_replay_milvus": (
        "address:text username:text password:text collection_name:text consistency_level:text shard_num:int"
    ),
    "router_replay_qdrant": "host:text port:int api_key:text use_tls:bool collection_name:text",
    "startup_status": "store_backend:text redis:startup_status_redis",
    "startup_status_redis": "address:text password:text db:int",
    "store_global": "response_cache:response_cache_store memory:memory vector_store:vector_store",
    "response_cache_store": (
        "backend_type:text enabled:bool similarity_threshold:number max_entries:int ttl_seconds:int "
        "eviction_policy:text redis:redis valkey:valkey milvus:milvus qdrant:qdrant embedding_model:text "
        "polarity_guard:polarity_guard"
    ),
    "redis": "connection:{any} index:{any} search:{any} development:{any} logging:{any}",
    "valkey": "connection:{any} index:{any} search:{any} development:{any} logging:{any}",
    "milvus": "connection:{any} collection:{any} search:{any} logging:{any} development:{any}",
    "qdrant": "host:text port:int api_key:text use_tls:bool connect_timeout:int collection_name:text",
    "polarity_guard": "mode:text nli:polarity_guard_nli",
    "polarity_guard_nli": "contradiction_threshold:number",
    "memory": (
        "enabled:bool backend:text auto_store:bool disabled_routes:[text] disabled_models:[text] "
        "milvus:memory_milvus valkey:memory_valkey qdrant:memory_qdrant redis_cache:memory_redis_cache "
        "embedding_model:text default_retrieval_limit:int default_similarity_threshold:number "
        "hybrid_search:bool hybrid_mode:text adaptive_threshold:bool reflection:memory_reflection "
        "persistence:memory_persistence"
    ),
    "memory_milvus": "address:text collection:text dimension:int num_partitions:int",
    "memory_valkey": (
        "host:text port:int database:int password:text timeout:int collection_prefix:text index_name:text "
        "dimension:int metric_type:text index_m:int index_ef_construction:int tls_enabled:bool "
        "tls_ca_path:text tls_insecure_skip_verify:bool"
    ),
    "memory_qdrant": ("host:text port:int api_key:text use_tls:bool connect_timeout:int collection:text dimension:int"),
    "memory_redis_cache": "enabled:bool address:text ttl_seconds:int db:int key_prefix:text password:text",
    "memory_persistence": "timeout_seconds:int concurrency:int queue:int shutdown_grace_seconds:int",
    "vector_store": (
        "enabled:bool backend_type:text file_storage_dir:text max_file_size_mb:int embedding_model:text "
        "embedding_dimension:int ingestion_workers:int ingestion_drain_timeout_seconds:int "
        "supported_formats:[text] milvus:milvus memory:vector_store_memory "
        "llama_stack:llama_stack_vector_store valkey:valkey_vector_store qdrant:qdrant_vector_store "
        "metadata_store:text metadata_postgres:vector_store_metadata_postgres"
    ),
    "vector_store_memory": "max_entries_per_store:int",
    "llama_stack_vector_store": (
        "endpoint:text auth_token:text embedding_model:text request_timeout_seconds:int search_type:text"
    ),
    "valkey_vector_store": (
        "host:text port:int database:int password:text connect_timeout:int collection_prefix:text "
        "metric_type:text index_m:int index_ef_construction:int"
    ),
    "qdrant_vector_store": ("host:text port:int api_key:text use_tls:bool connect_timeout:int collection_prefix:text"),
    "vector_store_metadata_postgres": (
        "host:text port:int database:text user:text password:text ssl_mode:text max_open_conns:int "
        "max_idle_conns:int conn_max_lifetime:int table_name:text"
    ),
    "integration_global": "tools:tools looper:looper",
    "tools": (
        "enabled:bool top_k:int similarity_threshold:number tools_db_path:text fallback_to_empty:bool "
        "advanced_filtering:advanced_tool_filtering"
    ),
    "looper": (
        "endpoint:text grpc_max_msg_size_mb:int max_response_bytes_mb:int timeout_seconds:int "
        "headers:{text} remom:remom_runtime fusion:fusion_runtime flow:flow_runtime"
    ),
    "remom_runtime": "model_names:[text]",
    "fusion_runtime": "model_names:[text]",
    "flow_runtime": "model_names:[text] state:workflow_state_runtime",
    "workflow_state_runtime": (
        "store_backend:text ttl_seconds:int file:workflow_state_file redis:workflow_state_redis"
    ),
    "workflow_state_file": "directory:text",
    "workflow_state_redis": (
        "address:text db:int password:text use_tls:bool tls_skip_verify:bool max_retries:int pool_size:int "
        "key_prefix:text"
    ),
    "model_catalog": (
        "bindings:{model_binding} deployments:{model_deployment} embeddings:embeddings_global "
        "system:system_models external:[external_model] kbs:[knowledge_base] modules:model_modules "
        "admission:{admission}"
    ),
    "model_deployment": (
        "artifact:text revision:text external_model:text provider:text device:text precision:text "
        "custom_ops_profile:text compilation_cache_dir:text input:model_input_budget"
    ),
    "model_input_budget": "max_tokens:int overflow:text",
    "embeddings_global": "semantic:embedding_models",
    "embedding_models": (
        "qwen3_model_path:text gemma_model_path:text mmbert_model_path:text multimodal_model_path:text "
        "bert_model_path:text use_cpu:bool embedding_config:hnsw endpoint:embedding_endpoint"
    ),
    "hnsw": (
        "full_context:bool backend:text model_type:text preload_embeddings:bool target_dimension:int "
        "target_layer:int enable_soft_matching:bool top_k:int min_score_threshold:number "
        "prototype_scoring:prototype_scoring"
    ),
    "embedding_endpoint": (
        "base_url:text model:text api_key_env:text timeout_seconds:int max_retries:int "
        "max_response_bytes:int dimensions:int"
    ),
    "system_models": (
        "safety:text hazard:text prompt_guard:text domain_classifier:text pii_classifier:text "
        "fact_check_classifier:text hallucination_detector:text hallucination_explainer:text "
        "feedback_detector:text"
    ),
    "external_model": (
        "name:text! llm_provider:text model_role:text llm_endpoint:classifier_vllm_endpoint "
        "llm_model_name:text llm_timeout_seconds:int parser_type:text threshold:number access_key:text "
        "max_tokens:int temperature:number reasoning:external_model_reasoning max_request_bytes:int "
        "max_response_bytes:int"
    ),
    "classifier_vllm_endpoint": (
        "address:text port:int protocol:text name:text! use_chat_template:bool prompt_template:text"
    ),
    "external_model_reasoning": "family:text use_reasoning:bool reasoning_effort:text",
    "knowledge_base": (
        "name:text! source:knowledge_base_source threshold:unit label_thresholds:{unit} groups:{[text]} "
        "metrics:[knowledge_base_metric] prototype_scoring:prototype_scoring"
    ),
    "knowledge_base_source": "path:text manifest:text",
    "knowledge_base_metric": "name:text! type:text positive_group:text negative_group:text",
    "model_modules": (
        "safety:safety_models prompt_compression:prompt_compression prompt_guard:prompt_guard_module "
        "classifier:classifier_module complexity:complexity_model "
        "hallucination_mitigation:hallucination_module feedback_detector:feedback_detector_module "
        "modality_detector:modality_detector"
    ),
    "safety_models": "safety:sequence_head_model hazard:sequence_head_model",
    "sequence_head_model": (
        "model_id:text model_ref:text use_cpu:bool max_sequence_length:int window:sequence_head_window"
    ),
    "sequence_head_window": "size:int overlap:int",
    "prompt_compression": (
        "enabled:bool profile:text max_tokens:int min_length:int skip_signals:[text] textrank_weight:number "
        "position_weight:number tfidf_weight:number novelty_weight:number position_depth:number "
        "preserve_first_n:int preserve_last_n:int"
    ),
    "prompt_guard_module": (
        "max_sequence_length:int backend:remote_classifier_backend window:sequence_head_window enabled:bool "
        "model_id:text threshold:unit use_cpu:bool jailbreak_mapping_path:text positive_labels:[text] "
        "variant:text on_error:text model_ref:text"
    ),
    "remote_classifier_backend": "protocol:text contract:text model:text deadline_ms:int",
    "classifier_module": ("domain:category_module mcp:mcp_category_model pii:pii_module preference:preference_model"),
    "category_module": (
        "max_sequence_length:int enabled:bool model_id:text threshold:unit use_cpu:bool use_modernbert:bool "
        "use_mmbert_32k:bool variant:text backend:remote_classifier_backend category_mapping_path:text "
        "fallback_category:text model_ref:text"
    ),
    "mcp_category_model": (
        "enabled:bool transport_type:text command:text args:[text] env:{text} url:text tool_name:text "
        "threshold:number timeout_seconds:int max_response_bytes:int"
    ),
    "pii_module": (
        "window:sequence_head_window max_sequence_length:int enabled:bool model_id:text threshold:unit "
        "use_cpu:bool use_mmbert_32k:bool pii_mapping_path:text backend:remote_classifier_backend "
        "on_error:text model_ref:text"
    ),
    "preference_model": "use_contrastive:bool embedding_model:text prototype_scoring:prototype_scoring",
    "complexity_model": "prototype_scoring:prototype_scoring backend:remote_classifier_backend",
    "hallucination_module": (
        "enabled:bool fact_check:fact_check_module detector:hallucination_detector explainer:explainer_module"
    ),
    "fact_check_module": (
        "max_sequence_length:int model_id:text threshold:number use_cpu:bool use_mmbert_32k:bool model_ref:text"
    ),
    "hallucination_detector": (
        "backend:text endpoint:text include_explanation:bool model_id:text threshold:number use_cpu:bool "
        "min_span_length:int min_span_confidence:number context_window_size:int enable_nli_filtering:bool "
        "nli_entailment_threshold:number model_ref:text"
    ),
    "explainer_module": "model_id:text threshold:number use_cpu:bool model_ref:text",
    "feedback_detector_module": (
        "max_sequence_length:int enabled:bool model_id:text threshold:number use_cpu:bool "
        "use_modernbert:bool use_mmbert_32k:bool feedback_mapping_path:text model_ref:text"
    ),
    "modality_detector": (
        "enabled:bool method:text classifier:modality_classifier keywords:[text] both_keywords:[text] "
        "confidence_threshold:number lower_threshold_ratio:number"
    ),
    "modality_classifier": "max_sequence_length:int model_path:text use_cpu:bool",
    "admission": "max_concurrency:int max_queue:int queue_timeout_ms:int on_overflow:text",
    "benchmark_definition": (
        "id:text display_name:text domain:text tags:[text] source:text default_profile:text "
        "profiles:[benchmark_profile] metrics:[benchmark_metric]"
    ),
    "benchmark_metric": "id:text unit:text direction:text range:[number] normalization:normalization",
    "benchmark_profile": "id:text display_name:text description:text",
    "evaluation": ("benchmarks:[benchmark_definition] indices:[index_definition] records:[evaluation_record]"),
    "evaluation_record": (
        "model:text benchmark:text benchmark_profile:text reasoning_effort:text metrics:{number} "
        "source:text measured_at:text metadata:{any}"
    ),
    "index_component": (
        "benchmark:text metric:text benchmark_profile:text benchmark_profiles:[text] index:text "
        "weight:number normalization:normalization"
    ),
    "index_definition": (
        "id:text display_name:text description:text methodology:text aggregation:text scale:[number] "
        "missing:missing_policy domains:{number} components:[index_component]"
    ),
    "missing_policy": "policy:text minimum:number",
    "normalization": (
        "type:text min:number max:number k:number x0:number points:[normalization_point] values:{number}"
    ),
    "normalization_point": "input:number output:number",
}
