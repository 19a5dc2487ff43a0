# One interface target carries the language, the warnings and the hardening; every target of ours links it.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(rdpwhy_flags INTERFACE)
target_include_directories(rdpwhy_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(rdpwhy_flags INTERFACE _GNU_SOURCE RDPWHY_VERSION="${PROJECT_VERSION}")
target_compile_options(
  rdpwhy_flags
  INTERFACE -Wall
            -Wextra
            -Wshadow
            -Wvla
            -Wundef
            -Wpointer-arith
            -Wcast-qual
            -Wstrict-prototypes
            -Wmissing-prototypes
            -Wold-style-definition
            -Wwrite-strings
            -Wformat=2
            -Wswitch-enum
            -Wimplicit-fallthrough
            -Wdouble-promotion
            -fno-common
            -fstack-protector-strong)
# Errors where we build for ourselves; a user's newer compiler may warn of something new. -Wnull-dereference follows paths
# that optimisation makes up, so it is not asked in a release.
if(RDPWHY_STRICT)
  target_compile_options(rdpwhy_flags INTERFACE -Werror -Wnull-dereference)
endif()
if(RDPWHY_SANITIZE)
  target_compile_options(rdpwhy_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                -fno-omit-frame-pointer)
  target_link_options(rdpwhy_flags INTERFACE -fsanitize=address,undefined)
endif()
if(RDPWHY_TORTURE)
  target_compile_definitions(rdpwhy_flags INTERFACE RDPWHY_TORTURE)
endif()
if(RDPWHY_COVERAGE)
  target_compile_options(rdpwhy_flags INTERFACE --coverage)
  target_link_options(rdpwhy_flags INTERFACE --coverage)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT RDPWHY_PURE_ONLY)
  target_compile_options(rdpwhy_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-clash-protection -fPIE)
  target_link_options(rdpwhy_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
