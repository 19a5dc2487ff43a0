# Short names for builders; the build itself is CMake's (CMakePresets.json).
PREFIX ?= /usr/local
SECONDS_PER_TARGET ?= 60

all: build/rdpwhy

# A link, so that there is one program and one place to look.
build/rdpwhy: FORCE
	@test -f build/release/build.ninja || cmake --preset release
	@cmake --build --preset release
	@ln -sf release/rdpwhy build/rdpwhy

install: build/rdpwhy
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

test:
	./test

bench: build/rdpwhy
	bench/run

fuzz:
	fuzz/run.sh $(SECONDS_PER_TARGET)

torture: # every allocation of every scenario: about an hour; tools/torture --few for the telling five
	tools/torture

clean:
	rm -rf build

FORCE:
.PHONY: all install test bench fuzz torture clean FORCE
