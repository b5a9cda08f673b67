#include "Darwin.h"

enum { FAILURE = 5 };

mach_port_t mach_task_self_ = 0;

kern_return_t task_info(mach_port_t task, task_flavor_t flavor, task_info_t info, mach_msg_type_number_t *count) {
    return FAILURE;
}
kern_return_t task_threads(mach_port_t task, thread_act_array_t *threads, mach_msg_type_number_t *count) {
    return FAILURE;
}
kern_return_t mach_port_deallocate(mach_port_t task, mach_port_t name) { return FAILURE; }
kern_return_t vm_deallocate(mach_port_t task, vm_address_t address, vm_size_t size) { return FAILURE; }
int sysctlbyname(const char *name, void *old, size_t *old_size, void *new_value, size_t new_size) { return -1; }
