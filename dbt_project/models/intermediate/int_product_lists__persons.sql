{{ product_lists(person()) }}
