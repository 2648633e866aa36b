#ifndef STUB_TKL_OUTPUT_H
#define STUB_TKL_OUTPUT_H

void tkl_log_output(const char *format, ...);

#endif
