{{ channels(record()) }}
