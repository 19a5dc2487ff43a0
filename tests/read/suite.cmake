# Captures: of the lab, made while the test runs, and real ones from a folder that is named in RDPWHY_REALDATA.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "no python3: reading captures is not tested from the outside")
  return()
endif()
foreach(name own recorded session real odd logs join example texts clients)
  add_test(NAME read/${name}
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/read/${name}.py $<TARGET_FILE:rdpwhy>)
  set_tests_properties(read/${name} PROPERTIES LABELS read TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
