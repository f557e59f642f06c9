// The rules that share their programs, whichever of them a loop learns by.
#pragma once
#include "loop/least_squares.h"
#include "loop/three_factor.h"

namespace lsm {

LSM_RULE(LeastSquares)
LSM_RULE(ThreeFactor)

}  // namespace lsm
