select {columns}
from {mart}
where {affiliate} in (select {affiliate} from {recipients})
