// What ReceiptApp uses of Apple's kernel, for Linux: declarations as in mach/ and sys/sysctl.h; all of them fail.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define KERN_SUCCESS 0
#define TASK_VM_INFO 22

typedef int kern_return_t;
typedef int integer_t;
typedef unsigned int natural_t;
typedef natural_t mach_port_t;
typedef natural_t mach_msg_type_number_t;
typedef natural_t task_flavor_t;
typedef integer_t *task_info_t;
typedef mach_port_t thread_act_t;
typedef thread_act_t *thread_act_array_t;
typedef uint64_t mach_vm_size_t;
typedef uint64_t mach_vm_address_t;
typedef uintptr_t vm_size_t;
typedef uintptr_t vm_address_t;

struct task_vm_info {
    mach_vm_size_t virtual_size;
    integer_t region_count;
    integer_t page_size;
    mach_vm_size_t resident_size, resident_size_peak, device, device_peak, internal, internal_peak, external;
    mach_vm_size_t external_peak, reusable, reusable_peak, purgeable_volatile_pmap, purgeable_volatile_resident;
    mach_vm_size_t purgeable_volatile_virtual, compressed, compressed_peak, compressed_lifetime;
    mach_vm_size_t phys_footprint;
    mach_vm_address_t min_address, max_address;
    int64_t ledger_phys_footprint_peak;
};
typedef struct task_vm_info task_vm_info_data_t;

extern mach_port_t mach_task_self_;

kern_return_t task_info(mach_port_t task, task_flavor_t flavor, task_info_t info, mach_msg_type_number_t *count);
kern_return_t task_threads(mach_port_t task, thread_act_array_t *threads, mach_msg_type_number_t *count);
kern_return_t mach_port_deallocate(mach_port_t task, mach_port_t name);
kern_return_t vm_deallocate(mach_port_t task, vm_address_t address, vm_size_t size);
int sysctlbyname(const char *name, void *old, size_t *old_size, void *new_value, size_t new_size);
