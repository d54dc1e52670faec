// ShellFacts as bytes.
//
//   facts     := version commands flows embedded problems logins truncated
//   lists are a count and the items; numbers are varints; texts are a length and bytes (util/codec.hpp)
//
// Hostile: a cache or facts file may be anybody's. Counts are checked against the bytes that are left, enumerations
// against their range, and bytes behind the end are an error.
#include "detect/shell/shell_facts.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {
namespace {

using util::Decoder;
using util::Encoder;

constexpr std::uint64_t k_version = 2;

void put(Encoder& out, const std::vector<std::string>& list) {
  out.u64(list.size());
  for (const std::string& text : list) out.string(text);
}

std::vector<std::string> get_list(Decoder& in) {
  std::vector<std::string> list;
  for (std::size_t left = in.count(); left > 0 && !in.failed(); --left) list.emplace_back(in.string());
  return list;
}

constexpr bool ShellCommand::*k_command_flags[] = {&ShellCommand::stdin_from_pipeline,
                                                   &ShellCommand::background,
                                                   &ShellCommand::condition,
                                                   &ShellCommand::branch,
                                                   &ShellCommand::loop,
                                                   &ShellCommand::unwrapped};
constexpr std::string ShellFlow::*k_flow_texts[] = {&ShellFlow::path,  &ShellFlow::host,        &ShellFlow::port,
                                                    &ShellFlow::tool,  &ShellFlow::interpreter, &ShellFlow::text,
                                                    &ShellFlow::detail};

void put(Encoder& out, const ShellCommand& command) {
  out.u64(command.line);
  put(out, command.argv);
  put(out, command.assignments);
  out.u64(command.redirects.size());
  for (const ShellFd& fd : command.redirects) {
    out.i64(fd.fd);
    out.string(fd.op);
    out.string(fd.target);
  }
  out.u64(command.pipeline);
  out.u64(command.position);
  out.u64(command.depth);
  out.string(command.function);
  for (const auto flag : k_command_flags) out.boolean(command.*flag);
}

ShellCommand get_command(Decoder& in) {
  ShellCommand command;
  command.line = in.u32();
  command.argv = get_list(in);
  command.assignments = get_list(in);
  for (std::size_t left = in.count(3); left > 0 && !in.failed(); --left) {
    ShellFd fd;
    const std::int64_t number = in.i64();
    if (number < -1 || number > 9999) in.fail();
    fd.fd = static_cast<int>(number);
    fd.op = in.string();
    fd.target = in.string();
    command.redirects.push_back(std::move(fd));
  }
  command.pipeline = in.u32();
  command.position = in.u32();
  command.depth = in.u32();
  command.function = in.string();
  for (const auto flag : k_command_flags) command.*flag = in.boolean();
  return command;
}

void put(Encoder& out, const ShellFlow& flow) {
  out.u64(static_cast<std::uint64_t>(flow.kind));
  out.u64(flow.line);
  out.u64(flow.depth);
  put(out, flow.urls);
  for (const auto text : k_flow_texts) out.string(flow.*text);
  out.boolean(flow.verified);
  out.boolean(flow.append);
}

ShellFlow get_flow(Decoder& in) {
  ShellFlow flow;
  const std::uint64_t kind = in.u64();
  if (kind >= k_flow_kinds) in.fail();
  flow.kind = static_cast<FlowKind>(in.failed() ? 0 : kind);
  flow.line = in.u32();
  flow.depth = in.u32();
  flow.urls = get_list(in);
  for (const auto text : k_flow_texts) flow.*text = in.string();
  flow.verified = in.boolean();
  flow.append = in.boolean();
  return flow;
}

}  // namespace

Buffer encode_shell_facts(const ShellFacts& facts) {
  Encoder out;
  out.u64(k_version);
  out.u64(facts.commands.size());
  for (const ShellCommand& command : facts.commands) put(out, command);
  out.u64(facts.flows.size());
  for (const ShellFlow& flow : facts.flows) put(out, flow);
  out.u64(facts.embedded.size());
  for (const EmbeddedCode& code : facts.embedded) {
    out.u64(code.line);
    out.string(code.language);
    out.string(code.code);
  }
  out.u64(facts.problems.size());
  for (const FactProblem& problem : facts.problems) {
    out.u64(problem.line);
    out.string(problem.message);
  }
  out.u64(facts.logins.size());
  for (const ShellLogin& login : facts.logins) {
    out.u64(login.line);
    out.string(login.text);
    out.boolean(login.weaker);
  }
  out.boolean(facts.truncated);
  return out.take();
}

Result<ShellFacts> decode_shell_facts(Bytes bytes) {
  Decoder in(bytes);
  ShellFacts facts;
  if (in.u64() != k_version) in.fail();
  // The least bytes of an item keep a count from making more memory than some thirty times the input.
  for (std::size_t left = in.count(14); left > 0 && !in.failed(); --left) facts.commands.push_back(get_command(in));
  for (std::size_t left = in.count(13); left > 0 && !in.failed(); --left) facts.flows.push_back(get_flow(in));
  for (std::size_t left = in.count(3); left > 0 && !in.failed(); --left) {
    EmbeddedCode code;
    code.line = in.u32();
    code.language = in.string();
    code.code = in.string();
    facts.embedded.push_back(std::move(code));
  }
  for (std::size_t left = in.count(2); left > 0 && !in.failed(); --left) {
    FactProblem problem;
    problem.line = in.u32();
    problem.message = in.string();
    facts.problems.push_back(std::move(problem));
  }
  for (std::size_t left = in.count(3); left > 0 && !in.failed(); --left) {
    ShellLogin login;
    login.line = in.u32();
    login.text = in.string();
    login.weaker = in.boolean();
    facts.logins.push_back(std::move(login));
  }
  facts.truncated = in.boolean();
  if (in.failed() || !in.at_end())
    return make_error(ErrorCode::malformed, "shell-facts-malformed", "the stored facts of a script are damaged");
  return facts;
}

}  // namespace hullcheck::detect
