"""Training of match weights: offline, from landed records, without labels.

Probabilities are estimated with Splink and become weights in the dbt seeds. How records are
compared and clustered is read from the dbt project (`macros/identity`, `models/identity`), not
repeated here.
"""

from identity.training.effect import Effect
from identity.training.seeds import append_version
from identity.training.train import Training, run_training

__all__ = ["Effect", "Training", "append_version", "run_training"]
