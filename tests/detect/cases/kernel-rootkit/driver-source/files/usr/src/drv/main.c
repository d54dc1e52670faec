#include <linux/module.h>
static int __init start(void) { addr = kallsyms_lookup_name("some_function"); return 0; }
module_init(start);
