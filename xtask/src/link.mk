# Links an executable the way this CPython's own Makefile links its own,
# with the embedding's main() in front of CPython's.
include Makefile

# 2.7 has one name less for each of these.
PYJION_CFLAGS = $(if $(PY_CORE_CFLAGS),$(PY_CORE_CFLAGS),$(PY_CFLAGS))
PYJION_LDFLAGS = $(if $(PY_LDFLAGS),$(PY_LDFLAGS),$(LDFLAGS))

PYJION_LIBRARIES = $(LIBS) $(MODLIBS) $(SYSLIBS) $(LDLAST) -lpthread -ldl -lm -lrt -static-libgcc -lgcc_eh -lc

.PHONY: pyjion-link pyjion-libraries
pyjion-link:
	$(CC) -c $(PYJION_CFLAGS) -o $(PYJION_OUT).exports.o pyjion-exports.c
	$(CC) -c $(PYJION_CFLAGS) $(PYJION_EXTRA) -Dmain=pyjion_cpython_main -o $(PYJION_OUT).o $(PYJION_MAIN)
	$(LINKCC) $(PYJION_LDFLAGS) $(PYJION_EXTRA) $(LINKFORSHARED) \
		-Wl,--exclude-libs,libpyjion_embed.a -Wl,--gc-sections -Wl,-T,pyjion-order.ld $(PYJION_RELOCATIONS) \
		-o $(PYJION_OUT) $(PYJION_OUT).o $(PYJION_OUT).exports.o \
		-Wl,--whole-archive $(BLDLIBRARY) -Wl,--no-whole-archive $(PYJION_EMBED) \
		$(PYJION_LIBRARIES)
	rm -f $(PYJION_OUT).o $(PYJION_OUT).exports.o

pyjion-libraries:
	@echo $(abspath $(BLDLIBRARY)) $(PYJION_LIBRARIES)
