{{ normalised_records(ref('int_identity__records')) }}
