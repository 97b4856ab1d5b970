{{ channels(person()) }}
