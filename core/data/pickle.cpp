// Python's pickle, as far as it holds numpy arrays: a machine with a stack and a memo (pickletools.py documents the
// opcodes) whose only calls are the four by which numpy writes an array. Nothing is imported or executed; any other
// call is refused by its name. The numbers stay where they are in the file.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <utility>

#include "base/error.h"
#include "data/number_array.h"

namespace pinwheel {
namespace {

constexpr std::uint64_t kLargestText = 4096;  // names and types are short
constexpr std::size_t kLargestStack = 1 << 16;
constexpr int kMostSteps = 1 << 20;  // four arrays take about a hundred
constexpr int kDeepest = 8;          // tuples and lists in one another

struct Value;
using Ref = Value*;  // of the machine, which owns every value: a list can hold itself

// What may lie on the stack. Bytes and text are places in the file.
struct Value {
  enum Kind { kNone, kNumber, kText, kBytes, kTuple, kGlobal, kType, kArray, kMark } kind = kNone;
  std::int64_t number = 0;
  std::string text;                           // a global's name, or of a type its description
  std::vector<Ref> items;                     // of a tuple or list
  std::shared_ptr<const RandomAccess> bytes;  // kText, kBytes
  std::uint64_t offset = 0, length = 0;
  NumberType type;                           // kType
  std::shared_ptr<const NumberArray> array;  // kArray
};

class Machine {
 public:
  Machine(std::shared_ptr<const RandomAccess> bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {}

  // Arrays in a tuple or list, also nested, in their order.
  std::vector<NamedArray> run() {
    for (int steps = 0;; ++steps) {
      const std::uint8_t op = byte();
      if (op == '.') break;
      step(op);
      if (steps == kMostSteps || stack_.size() > kLargestStack) refuse("is too tangled to be arrays.");
    }
    if (at_ != bytes_->size()) refuse("goes on after its end: it is damaged. Download it again.");
    collect(pop(), 0);
    return std::move(arrays_);
  }

  [[noreturn]] void refuse(const std::string& why) const { throw Error(ErrorCode::kBadFile, name_ + " " + why); }

 private:
  void collect(const Ref& value, int depth) {
    if (++collected_ > kLargestStack || depth > kDeepest) refuse("is too tangled to be arrays.");
    if (value->kind == Value::kArray && value->array) {
      arrays_.push_back({std::to_string(arrays_.size()), value->array});
    }
    for (const Ref& item : value->items) collect(item, depth + 1);
  }

  Ref make(Value::Kind kind) {
    values_.emplace_back().kind = kind;
    return &values_.back();
  }

  // -- Bytes of the file

  void need(std::uint64_t count) const {
    if (count > bytes_->size() - at_) refuse("is cut off. Download it again.");
  }
  std::uint64_t little(int width) {
    need(static_cast<std::uint64_t>(width));
    std::array<std::uint8_t, 8> raw{};
    bytes_->read(at_, {raw.data(), static_cast<std::size_t>(width)});
    at_ += static_cast<std::uint64_t>(width);
    std::uint64_t value = 0;
    for (int i = 0; i < width; ++i) value |= std::uint64_t{raw[static_cast<std::size_t>(i)]} << (8 * i);
    return value;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(little(1)); }
  std::string line() {
    std::string text;
    for (char c = static_cast<char>(byte()); c != '\n'; c = static_cast<char>(byte())) {
      if (text.size() >= kLargestText) refuse("has a name that is too long: it is damaged.");
      text += c;
    }
    return text;
  }
  void push_stretch(Value::Kind kind, std::uint64_t length) {
    need(length);
    const Ref value = make(kind);
    value->bytes = bytes_;
    value->offset = at_;
    value->length = length;
    at_ += length;
    push(value);
  }

  // -- The stack

  void push(Ref value) { stack_.push_back(std::move(value)); }
  void push_number(std::int64_t number) {
    const Ref value = make(Value::kNumber);
    value->number = number;
    push(value);
  }
  Ref pop() {
    if (stack_.empty() || stack_.back()->kind == Value::kMark) refuse("is damaged: its stack is empty.");
    Ref value = stack_.back();
    stack_.pop_back();
    return value;
  }
  const Ref& top() const {
    if (stack_.empty()) refuse("is damaged: its stack is empty.");
    return stack_.back();
  }
  std::vector<Ref> pop_to_mark() {
    auto mark = std::find_if(stack_.rbegin(), stack_.rend(), [](const Ref& v) { return v->kind == Value::kMark; });
    if (mark == stack_.rend()) refuse("is damaged: a mark is missing.");
    std::vector<Ref> items(mark.base(), stack_.end());
    stack_.erase(std::prev(mark.base()), stack_.end());
    return items;
  }
  void push_tuple(std::vector<Ref> items) {
    const Ref value = make(Value::kTuple);
    value->items = std::move(items);
    push(value);
  }
  void push_last(std::size_t count) {
    std::vector<Ref> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    push_tuple(std::move(items));
  }
  void push_global(const std::string& module, const std::string& what) {
    const Ref value = make(Value::kGlobal);
    value->text = module + "." + what;
    push(value);
  }
  void extend(std::vector<Ref> items) {
    if (top()->kind != Value::kTuple) refuse("is damaged: something is appended to what is no list.");
    for (Ref& item : items) top()->items.push_back(std::move(item));
  }
  void remember(std::uint64_t place) {
    if (memo_.size() > kLargestStack) refuse("is too tangled to be arrays.");
    memo_[place] = top();
  }
  void recall(std::uint64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) refuse("is damaged: it recalls what it never stored.");
    push(found->second);
  }

  std::string short_text(const Ref& value) const {
    if (value->kind != Value::kText && value->kind != Value::kBytes) refuse("is damaged: a name is no text.");
    if (value->length > kLargestText) refuse("has a name that is too long: it is damaged.");
    std::string text(static_cast<std::size_t>(value->length), '\0');
    value->bytes->read(value->offset, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return text;
  }

  // -- What numpy calls

  void reduce() {
    const Ref arguments = pop(), callee = pop();
    if (callee->kind != Value::kGlobal || arguments->kind != Value::kTuple) refuse("calls what is no function.");
    push(call(callee->text, arguments->items));
  }

  Ref call(const std::string& function, const std::vector<Ref>& arguments) {
    const auto is = [&](const char* name) {
      return function == std::string("numpy.core.") + name || function == std::string("numpy._core.") + name;
    };
    if (is("multiarray._reconstruct")) return make(Value::kArray);
    if (is("numeric._frombuffer") && arguments.size() == 4) {
      if (short_text(arguments[3]) != "C") refuse_fortran();
      return array_of(arguments[0], arguments[1], arguments[2]);
    }
    if (function == "numpy.dtype" && !arguments.empty()) return type_of(short_text(arguments[0]));
    if (function == "_codecs.encode" && !arguments.empty()) return latin(arguments[0]);
    throw Error(ErrorCode::kUnsupported,
                name_ + " wants to call " + function.substr(0, 100) +
                    " when it is opened. Pinwheel reads only arrays of numbers from pickles and "
                    "runs nothing: save the arrays with numpy.savez instead.");
  }

  Ref type_of(const std::string& text) {
    const Ref value = make(Value::kType);
    value->type = parse_number_type(text, name_);
    return value;
  }

  // Bytes that protocol 2 wrote as text: each byte is one character below 256, in UTF-8.
  Ref latin(const Ref& text) {
    // Every number of the file is written once, so all texts together are no longer than the file.
    if (text->kind != Value::kText || text->length > bytes_->size() - latin_)
      refuse("is damaged: its text is no text.");
    latin_ += text->length;
    std::vector<std::uint8_t> raw(static_cast<std::size_t>(text->length)), out;
    text->bytes->read(text->offset, raw);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool wide = (raw[i] & 0xFE) == 0xC2 && i + 1 < raw.size();  // C2 or C3 leads the characters 128 … 255
      if (raw[i] >= 0x80 && !wide) refuse("is damaged: its numbers are not the text that they should be.");
      out.push_back(wide ? static_cast<std::uint8_t>((raw[i] & 3) << 6 | (raw[i + 1] & 0x3F)) : raw[i]);
      if (wide) ++i;
    }
    const Ref value = make(Value::kBytes);
    value->length = out.size();
    value->bytes = open_buffer(std::move(out));
    return value;
  }

  Ref array_of(const Ref& raw, const Ref& type, const Ref& shape) {
    if (raw->kind != Value::kBytes || type->kind != Value::kType || shape->kind != Value::kTuple) {
      refuse("is damaged: an array lacks its numbers, type or shape.");
    }
    std::vector<std::int64_t> sides;
    for (const Ref& side : shape->items) sides.push_back(side->number);
    const Ref value = make(Value::kArray);
    value->array = open_packed_array(open_stretch(raw->bytes, raw->offset, raw->length), 0, type->type, sides, name_);
    return value;
  }

  [[noreturn]] void refuse_fortran() const {
    throw Error(ErrorCode::kUnsupported, name_ + " is in Fortran order: save it with numpy.ascontiguousarray.");
  }

  // The state that follows an empty array or type: (version, shape, type, is_fortran, numbers), or (version, order, …).
  void build() {
    const Ref state = pop();
    const Ref object = top();
    if (state->kind != Value::kTuple) refuse("is damaged: a state is no tuple.");
    if (object->kind == Value::kType && state->items.size() >= 2) {
      object->type.order = short_text(state->items[1])[0];
    } else if (object->kind == Value::kArray && state->items.size() == 5) {
      if (state->items[3]->number != 0) refuse_fortran();
      object->array = array_of(state->items[4], state->items[2], state->items[1])->array;
    } else {
      refuse("gives a state to what is neither array nor type.");
    }
  }

  // One opcode; the groups are those of pickletools.
  void step(std::uint8_t op) {
    switch (op) {
      case 0x80:
        byte();
        return;  // PROTO
      case 0x95:
        little(8);
        return;  // FRAME
      case 'N':
        return push(make(Value::kNone));
      case 0x88:
        return push_number(1);  // NEWTRUE
      case 0x89:
        return push_number(0);  // NEWFALSE
      case 'K':
        return push_number(static_cast<std::int64_t>(little(1)));
      case 'M':
        return push_number(static_cast<std::int64_t>(little(2)));
      case 'J':
        return push_number(static_cast<std::int32_t>(little(4)));
      case 0x8A:
        return push_number(long_number());
      case 'X':
        return push_stretch(Value::kText, little(4));
      case 0x8C:
        return push_stretch(Value::kText, little(1));
      case 0x8D:
        return push_stretch(Value::kText, little(8));
      case 'C':
      case 'U':
        return push_stretch(Value::kBytes, little(1));
      case 'B':
      case 'T':
        return push_stretch(Value::kBytes, little(4));
      case 0x8E:
      case 0x96:
        return push_stretch(Value::kBytes, little(8));
      case '(':
        return push(make(Value::kMark));
      case ')':
      case ']':
        return push_tuple({});
      case 0x85:
        return push_last(1);
      case 0x86:
        return push_last(2);
      case 0x87:
        return push_last(3);
      case 't':
      case 'l':
        return push_tuple(pop_to_mark());
      case 'a':
        return extend({pop()});
      case 'e':
        return extend(pop_to_mark());
      case 'c': {
        const std::string module = line();
        return push_global(module, line());
      }
      case 0x93: {  // STACK_GLOBAL
        const std::string what = short_text(pop());
        return push_global(short_text(pop()), what);
      }
      case 'q':
        return remember(little(1));
      case 'r':
        return remember(little(4));
      case 0x94:
        return remember(memo_.size());
      case 'h':
        return recall(little(1));
      case 'j':
        return recall(little(4));
      case 'R':
        return reduce();
      case 'b':
        return build();
      default:
        refuse("holds more than arrays (opcode " + std::to_string(op) + "): save the arrays with numpy.savez.");
    }
  }

  std::int64_t long_number() {
    const std::uint8_t width = byte();
    if (width > 8) refuse("holds a number that is too large.");
    return static_cast<std::int64_t>(little(width));
  }

  std::shared_ptr<const RandomAccess> bytes_;
  std::string name_;
  std::uint64_t at_ = 0;
  std::vector<Ref> stack_;
  std::map<std::uint64_t, Ref> memo_;
  std::deque<Value> values_;
  std::uint64_t latin_ = 0;  // bytes of numbers that came as text
  std::size_t collected_ = 0;
  std::vector<NamedArray> arrays_;
};

}  // namespace

std::vector<NamedArray> open_pickle(std::shared_ptr<const RandomAccess> bytes, const std::string& name) {
  return Machine(std::move(bytes), name).run();
}

}  // namespace pinwheel
