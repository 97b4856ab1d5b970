"""One module per command or group of commands: parse options, call one function, print."""
