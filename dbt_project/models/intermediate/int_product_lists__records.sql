{{ product_lists(record()) }}
