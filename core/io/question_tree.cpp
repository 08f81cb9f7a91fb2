#include "io/question_tree.h"

#include "galaxy/decision_tree.h"

namespace pinwheel {

QuestionTree galaxy_zoo_tree() {
  QuestionTree tree;
  for (const int index : galaxy::order()) {
    const auto& question = galaxy::questions()[static_cast<std::size_t>(index)];
    tree.push_back({question.begin, question.end, question.parent});
  }
  return tree;
}

}  // namespace pinwheel
