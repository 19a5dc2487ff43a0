# Real repairs on real servers, each in a machine of its own (world.py): broken, named, repaired here and over ssh, undone; and every
# way in which a repair can go wrong. Needs root and overlay mounts; elsewhere it is skipped and says so.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  set(apply_tests "")
  foreach(case expired key_mode key_group key_gone rsa1024 layer port stopped shadow half_way no_restart worse no_help two_faults
               way_back_lost machine_vanishes killed interrupted not_asked undo_keeps_later_work)
    add_test(NAME apply/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/apply.py $<TARGET_FILE:rdpwhy>
                                        ${case})
    list(APPEND apply_tests apply/${case})
  endforeach()
  set_tests_properties(${apply_tests} PROPERTIES LABELS apply SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
