#ifndef SENNIT_THREAD_H
#define SENNIT_THREAD_H

/// Processors that the calling thread may run on.
int sennit_processor_count(void);
/// The errno with which the system refuses clone3 though the kernel has it; 0 otherwise.
int sennit_clone3_refusal(void);
/// Names the calling thread for `ps -L` and debuggers; cut to 15 bytes.
void sennit_name_thread(const char *name);
/// Lets the calling thread's sleeps end on time, where the system gives itself slack.
void sennit_sharpen_timers(void);

#endif
