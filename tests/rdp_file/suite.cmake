# Saved .rdp files in the place of a host, against servers of the lab.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "no python3: .rdp files are not tested from the outside")
  return()
endif()
add_test(NAME rdp-file COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/rdp_file/rdp_file.py $<TARGET_FILE:rdpwhy>)
set_tests_properties(rdp-file PROPERTIES LABELS lab TIMEOUT 120)
