"""Known keys and their types: signals, projections and rules. The notation stands in `shapes.py`."""

from __future__ import annotations

SIGNALS = {
    "signals": (
        "keywords:[keyword] embeddings:[embedding] domains:[domain] fact_check:[fact_check] "
        "user_feedbacks:[user_feedback] reasks:[reask] preferences:[preference] language:[language] "
        "context:[context] structure:[structure] complexity:[complexity] modality:[modality] "
        "role_bindings:[role_binding] jailbreak:[jailbreak] safety:[safety] hallucination:[hallucination] "
        "pii:[pii] kb:[kb] conversation:[conversation] events:[event] metadata:[metadata] "
        "classifiers:[classifier] input_modality:[input_modality]"
    ),
    "domain": "name:text! description:text mmlu_categories:[text] model_scores:[model_score]",
    "classifier": (
        "name:text! description:text type:local|llm|sequence_classifier model:text model_path:text "
        "labels:[text] instructions:text disable_rationale:bool use_cpu:bool"
    ),
    "complexity_candidates": "candidates:[text] image_candidates:[text]",
    "complexity": (
        "name:text! prototype_scoring:prototype_scoring threshold:margin hard:complexity_candidates "
        "easy:complexity_candidates hard_above:margin easy_below:margin hard_below:margin easy_above:margin "
        "description:text composer:rule_node"
    ),
    "context": "name:text! min_tokens:tokens max_tokens:tokens description:text",
    "conversation_feature": "type:exists|count source:conversation_source!",
    "conversation": "name:text! description:text feature:conversation_feature! predicate:predicate",
    "conversation_source": (
        "type:message|tool_definition|assistant_tool_call|assistant_tool_cycle|active_tool_loop|image_content|"
        "tool_choice_required|tool_choice_none|flow_tool_state "
        "role:user|assistant|system|developer|tool|non_user"
    ),
    "embedding": (
        "name:text! threshold:unit! candidates:[text] image_candidates:[text] negative_candidates:[text] "
        "negative_image_candidates:[text] aggregation_method:max|mean|any query_modality:text|image|audio "
        "prototype_scoring:prototype_scoring"
    ),
    "event": ("name:text! description:text event_types:[text] severities:[text] action_codes:[text] temporal:bool"),
    "fact_check": "name:text! description:text",
    "hallucination": "name:text! description:text use_nli:bool",
    "input_modality": "name:text! description:text modality:text|image|audio|video",
    "jailbreak": (
        "name:text! method:classifier|contrastive threshold:unit! include_history:bool description:text "
        "jailbreak_patterns:[text] benign_patterns:[text] direction:request|response"
    ),
    "kb": "name:text! kb:text! target:kb_target! match:best|threshold",
    "kb_target": "kind:label|group value:text!",
    "keyword": (
        "name:text! operator:AND|OR|NOR keywords:[text]! case_sensitive:bool method:regex|bm25|ngram|fuzzy "
        "fuzzy_match:bool fuzzy_threshold:percent bm25_threshold:nonneg ngram_threshold:unit "
        "ngram_arity:positive"
    ),
    "language": "name:text! description:text threshold:unit",
    "metadata_predicate": "equals:text in:[text] exists:bool",
    "metadata": "name:text! description:text key:text! predicate:metadata_predicate",
    "modality": "name:text! description:text",
    "predicate": "gt:number gte:number lt:number lte:number",
    "pii": "name:text! threshold:unit! pii_types_allowed:[text] include_history:bool description:text",
    "preference": "name:text! description:text examples:[text] threshold:unit",
    "prototype_scoring": (
        "enabled:bool cluster_similarity_threshold:number max_prototypes:int best_weight:number top_m:int "
        "margin_threshold:number"
    ),
    "reask": "name:text! description:text threshold:unit lookback_turns:positive",
    "role_binding": "name:text! description:text subjects:[subject] role:text!",
    "safety_hazard": "model:text labels:[text] categories:[text] threshold:unit",
    "safety": (
        "name:text! description:text model:text labels:[text] unsafe_labels:[text] threshold:unit hazard:safety_hazard"
    ),
    "structure_feature": "type:exists|count|density|sequence source:structure_source!",
    "structure": "name:text! description:text feature:structure_feature! predicate:predicate",
    "structure_source": (
        "type:regex|keyword_set|sequence|text_bytes pattern:text keywords:[text] case_sensitive:bool sequences:[[text]]"
    ),
    "subject": "kind:User|Group|user|group name:text!",
    "user_feedback": "name:text! description:text",
    "projections": "partitions:[partition] scores:[score] mappings:[mapping]",
    "partition": ("name:text! semantics:exclusive|softmax_exclusive! temperature:nonneg members:[text]! default:text!"),
    "score": "name:text! method:=weighted_sum inputs:[score_input]!",
    "score_input": (
        "type:kind! name:text kb:text metric:text weight:number! value_source:binary|confidence|raw|score "
        "match:number miss:number"
    ),
    "mapping": (
        "name:text! source:text! method:threshold_bands|multi_emit calibration:mapping_calibration "
        "outputs:[mapping_output]!"
    ),
    "mapping_calibration": "method:=sigmoid_distance slope:nonneg",
    "mapping_output": "name:text! lt:number lte:number gt:number gte:number",
    "rule_node": (
        "type:kind name:text label:text predicate:predicate on_error:no_match|match "
        "on_unknown:no_match|match|fail_request operator:AND|OR|NOT conditions:[rule_node]"
    ),
    "model_score": "model:text score:number use_reasoning:bool",
}
