# The fuzz targets over their seeds and a moment longer; `make fuzz` gives each a minute.
find_program(CLANG clang)
if(CLANG)
  add_test(NAME fuzz-brief COMMAND ${CMAKE_SOURCE_DIR}/fuzz/run.sh 3)
  set_tests_properties(fuzz-brief PROPERTIES LABELS fuzz-brief SKIP_RETURN_CODE 77 TIMEOUT 900 COST 100)
else()
  message(STATUS "no clang: the fuzz targets are not run")
endif()
