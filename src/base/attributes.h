/* Compiler attributes used in headers. */
#ifndef RDPWHY_BASE_ATTRIBUTES_H
#define RDPWHY_BASE_ATTRIBUTES_H

#if defined(__GNUC__)
#define MUST_USE __attribute__((warn_unused_result))
#if defined(__MINGW32__)
#define PRINTF_LIKE(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#endif
#else
#define MUST_USE
#define PRINTF_LIKE(text, first)
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
