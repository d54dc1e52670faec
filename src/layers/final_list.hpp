// The final files of an image in path order, as one stream to read from its beginning.
//
// Many ask each file of the image something. Nodes, names and entries of millions of files lie all over memory, and
// going to each of them costs more than any question; here a file is what its path adds to that of the file before
// it, and the few bits that most questions are about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "layers/image_view.hpp"

namespace hullcheck::layers {

class FinalList {
 public:
  // In path order.
  void add(FileRef file, std::string_view path, FileKinds kinds);

  // Of the files that have one of the kinds; `visit` is given the file and its path, a std::string.
  template <class Visit>
  void each(FileKinds kinds, const Visit& visit) const {
    std::string path;
    for (const Block& block : m_blocks) {
      std::size_t at = 0;
      for (const Step& step : block.steps) {
        path.resize(step.shared);
        path.append(block.added, at, step.added);
        at += step.added;
        if ((step.kinds & kinds) != 0) visit(step.file, path);
      }
    }
  }

 private:
  struct Step {
    FileRef file;
    std::uint32_t shared;  // with the path before
    std::uint32_t added;   // bytes of Block::added
    FileKinds kinds;
  };
  // Blocks, since growing one list of millions would hold it twice.
  struct Block {
    std::vector<Step> steps;
    std::string added;
  };
  static constexpr std::size_t k_block = 4096;

  std::vector<Block> m_blocks;
  std::string m_last;
};

}  // namespace hullcheck::layers
