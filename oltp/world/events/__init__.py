"""The events of the sample world: CloudEvents in JSON, on the six topics."""
