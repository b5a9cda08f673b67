// A C target needs a source; all of this one is its header.
#include "COnnxRuntime.h"
