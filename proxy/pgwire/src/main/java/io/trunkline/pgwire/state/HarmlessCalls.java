package io.trunkline.pgwire.state;

/** Words before a parenthesis that call nothing, or nothing that changes the session. */
final class HarmlessCalls {
  static final Words WORDS =
      Words.of(
          """
          abs acos age all and any array array_agg array_append array_cat array_length
          array_position array_positions array_prepend array_remove array_replace array_to_json
          array_to_string array_upper as ascii asin atan avg bit bit_and bit_length bit_or
          bool_and bool_or btrim by bytea cardinality case cast cbrt ceil ceiling char char_length
          chr clock_timestamp coalesce col_description concat concat_ws conflict cos cot count
          crypt cube cume_dist current_database current_schema current_schemas current_setting
          currval date date_part date_trunc decimal decode degrees dense_rank digest distinct div
          else encode every except exists exp extract filter first_value float floor format
          format_type from gcd gen_random_bytes gen_random_uuid gen_salt generate_series get_bit
          get_byte greatest group grouping has_column_privilege has_schema_privilege
          has_table_privilege hashtext having host ilike in inet_client_addr inet_server_addr
          inet_server_port initcap intersect interval is isfinite join json_agg
          json_array_elements json_array_elements_text json_array_length json_build_array
          json_build_object json_each json_each_text json_extract_path json_extract_path_text
          json_object json_object_agg json_populate_record json_populate_recordset
          json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_agg
          jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
          jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text
          jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists
          jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_populate_record
          jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record
          jsonb_to_recordset jsonb_typeof justify_days justify_hours justify_interval lag
          last_value lastval lateral lcm lead least left length like limit ln log lower lpad ltrim
          make_date make_interval make_time make_timestamp make_timestamptz masklen max md5 min
          mod mode network nextval normalize not now nth_value ntile nullif num_nonnulls num_nulls
          numeric obj_description octet_length offset on or over overlay percent_rank
          percentile_cont percentile_disc pg_advisory_xact_lock pg_advisory_xact_lock_shared
          pg_backend_pid pg_column_size pg_current_wal_lsn pg_current_xact_id pg_database_size
          pg_encoding_to_char pg_get_constraintdef pg_get_expr pg_get_indexdef
          pg_get_serial_sequence pg_get_userbyid pg_get_viewdef pg_indexes_size pg_is_in_recovery
          pg_last_wal_replay_lsn pg_notify pg_postmaster_start_time pg_relation_size
          pg_size_pretty pg_sleep pg_table_is_visible pg_table_size pg_total_relation_size
          pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_type_is_visible pg_typeof
          pg_wal_lsn_diff phraseto_tsquery pi plainto_tsquery position power quote_ident
          quote_literal quote_nullable radians random range_agg rank regexp_count regexp_instr
          regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
          regexp_split_to_table regexp_substr regr_slope repeat replace returning reverse right
          rollup round row row_number row_to_json rpad rtrim scale select set sets setval sha224
          sha256 sha384 sha512 sign similarity sin some split_part sqrt starts_with
          statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array
          string_to_table strpos substr substring sum tan then time timeofday timestamp
          timestamptz to_ascii to_char to_date to_hex to_json to_jsonb to_number to_regclass
          to_regproc to_regtype to_timestamp to_tsquery to_tsvector transaction_timestamp
          translate trim trunc ts_headline ts_rank ts_rank_cd txid_current union unnest upper
          using uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 values var_pop var_samp varchar
          variance version websearch_to_tsquery when where width_bucket with within xmlagg
          xmlelement xmlforest
          """
              .split("\\s+"));

  private HarmlessCalls() {}
}
