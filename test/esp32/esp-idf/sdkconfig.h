/* A stand-in: of our own sdkconfig as much as hosts/esp32/nvs.c asks for, which is nothing. */
