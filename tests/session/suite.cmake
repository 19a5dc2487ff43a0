# The start of a session against real servers: xrdp at each encryption level and with real users, FreeRDP's shadow server,
# Weston; tshark, which must understand every packet of ours; and what is asked for alone, against the lab.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "no python3: sessions with real servers are not tested")
  return()
endif()

foreach(name login only real trust)
  add_test(NAME session/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${name}.py $<TARGET_FILE:rdpwhy>)
  set_tests_properties(session/${name} PROPERTIES LABELS session TIMEOUT 240 SKIP_RETURN_CODE 77)
endforeach()
