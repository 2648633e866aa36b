#ifndef STUB_LWIP_INIT_H
#define STUB_LWIP_INIT_H

void TUYA_LwIP_Init(void);

#endif
