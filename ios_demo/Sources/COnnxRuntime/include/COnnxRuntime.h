// ONNX Runtime's C interface: Debian's libonnxruntime-dev and Apple's framework have it under the same name.
#include <onnxruntime/onnxruntime_c_api.h>
