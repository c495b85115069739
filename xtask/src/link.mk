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

# What of us other objects may see: the rest are names of Rust's, which the program may have, too.
PYJION_VISIBLE = pyjion_embed dladdr setns unshare

.PHONY: pyjion-archive pyjion-shared
# libpython.a with the JIT: one object for all of it, and what asks for it in the object of CPython's evaluator.
# Whatever compilers have left for link-time optimisation goes: only those very compilers could read it.
pyjion-archive:
	rm -rf $(PYJION_OUT).parts && mkdir -p $(PYJION_OUT).parts
	$(CC) -c $(PYJION_CFLAGS) -fno-lto -o $(PYJION_OUT).parts/exports.o pyjion-exports.c
	$(CC) -c $(PYJION_CFLAGS) -fno-lto -o $(PYJION_OUT).parts/embedded.o pyjion-embedded.c
	objcopy --wildcard --remove-section='.gnu.lto_*' --remove-section='.gnu.debuglto_*' $(LIBRARY) $(PYJION_OUT)
	cd $(PYJION_OUT).parts && $(AR) x $(PYJION_OUT) ceval.o && mv ceval.o plain.o && \
		ld -r -o ceval.o plain.o embedded.o && \
		ld -r --gc-sections $(PYJION_VISIBLE:%=-u %) -o all.o exports.o $(PYJION_EMBED) && \
		objcopy --remove-section=.llvmbc --remove-section=.llvmcmd \
			$(PYJION_VISIBLE:%=--keep-global-symbol=%) all.o pyjion.o && \
		$(AR) r $(PYJION_OUT) ceval.o pyjion.o
	rm -rf $(PYJION_OUT).parts

# libpython.so with the JIT. It stays where it is when it is closed: compiled code and its thread would go on.
pyjion-shared:
	$(CC) -c $(PYJION_CFLAGS) -o $(PYJION_OUT).exports.o pyjion-exports.c
	$(CC) -c $(PYJION_CFLAGS) -o $(PYJION_OUT).embedded.o pyjion-embedded.c
	$(CC) -shared $(PYJION_LDFLAGS) $(PYJION_EXTRA) -Wl,-soname,$(INSTSONAME) -Wl,-z,nodelete \
		-Wl,--exclude-libs,libpyjion_embed.a -Wl,--gc-sections \
		-o $(PYJION_OUT) $(PYJION_OUT).exports.o $(PYJION_OUT).embedded.o \
		-Wl,--whole-archive $(LIBRARY) -Wl,--no-whole-archive $(PYJION_EMBED) \
		$(PYJION_LIBRARIES)
	rm -f $(PYJION_OUT).exports.o $(PYJION_OUT).embedded.o
