"""The keys of an LMCache 0.5 configuration file: names and kinds of values, as facts (`_CONFIG_DEFINITIONS`).

LMCache itself warns of an unknown key and goes on without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

VERSION = "0.5.6"

Kind = Literal["flag", "whole", "number", "list", "table", "text"]

_FLAGS = """
    chunk_statistics_auto_start_statistics enable_async_loading enable_blending enable_chunk_statistics
    enable_controller enable_hidden_state_cache enable_kv_events enable_lazy_memory_allocator enable_p2p
    enable_pd enable_scheduler_bypass_lookup internal_api_server_enabled local_cpu local_cpu_use_hugepages
    pd_bidirectional pd_skip_proxy_notification py_enable_gc run_script_api_enabled save_decode_cache
    save_unfull_chunk use_gds use_gpu_connector_v3 use_layerwise
"""
_WHOLE = """
    blend_min_tokens blocking_timeout_secs chunk_size chunk_statistics_auto_exit_target_unique_chunks
    gds_buffer_size internal_api_server_port_start lmcache_worker_heartbeat_delay_time
    lmcache_worker_heartbeat_time lookup_timeout_ms min_retrieve_tokens mp_port nixl_buffer_size pd_buffer_size
    pd_max_prefill_len pd_proxy_port pin_check_interval_sec pin_timeout_sec priority_limit
"""
_NUMBERS = """
    chunk_statistics_auto_exit_timeout_hours hit_miss_ratio lazy_memory_expand_trigger_ratio
    lazy_memory_initial_ratio lazy_memory_safe_size lazy_memory_step_ratio maru_pool_size
    max_hidden_state_cpu_size max_local_cpu_size max_local_disk_size pd_allocation_timeout_sec
    pd_condition_poll_interval_sec pd_shutdown_timeout_sec reserve_local_cpu_size
"""
_LISTS = """
    blend_check_layers blend_recompute_ratios blend_thresholds hidden_state_layers
    internal_api_server_include_index_list lmcache_worker_ids lmcache_worker_ports lookup_server_worker_ids
    nixl_backends p2p_init_ports p2p_lookup_ports pd_peer_alloc_port pd_peer_init_port pd_peer_query_port
    remote_storage_plugins retrieve_locations runtime_plugin_locations script_allowed_imports storage_plugins
"""
_TABLES = """
    extra_config
"""
_TEXTS = """
    app_id audit_actual_remote_url blend_special_str cache_policy chunk_statistics_strategy controller_pull_url
    controller_reply_url external_lookup_client gds_backend gds_path gds_path_sharding
    hidden_states_retrieve_mode internal_api_server_host internal_api_server_socket_path_prefix
    lmcache_instance_id local_disk local_disk_path_sharding maru_path mp_host nixl_buffer_device numa_mode
    p2p_host pd_backend_mode pd_buffer_device pd_peer_host pd_proxy_host pd_role pre_caching_hash_algorithm
    remote_config_url remote_serde remote_url store_location transfer_channel
"""

KEYS: Mapping[str, Kind] = {
    **dict.fromkeys(_FLAGS.split(), "flag"),
    **dict.fromkeys(_WHOLE.split(), "whole"),
    **dict.fromkeys(_NUMBERS.split(), "number"),
    **dict.fromkeys(_LISTS.split(), "list"),
    **dict.fromkeys(_TABLES.split(), "table"),
    **dict.fromkeys(_TEXTS.split(), "text"),
}
