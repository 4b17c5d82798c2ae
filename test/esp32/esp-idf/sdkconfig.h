/* A stand-in: the options that are on in our own sdkconfig, as far as hosts/esp32/nvs.c asks for any. */
