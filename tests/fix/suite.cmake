# rdpwhy fix: every wrapper decoded back to its script, hostile values, files written, words on the terminal.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "no python3: the deliveries of repairs are not decoded")
  return()
endif()
foreach(name deliveries hostile words)
  add_test(NAME fix/${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/fix/${name}.py $<TARGET_FILE:rdpwhy>)
  # COST: the long ones begin first, so that none of them runs alone at the end
  set_tests_properties(fix/${name} PROPERTIES LABELS fix TIMEOUT 600 COST 80)
endforeach()
