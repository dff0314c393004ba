//! Runs of tiles, and the rows of matrices that they are made of.

use core::ops::Range;

use llama::checkpoint::Tensor;

use crate::engine::layout::Layout;
use crate::engine::partition::Share;
use crate::engine::shape::Shape;

/// The most bytes of tiles that are made at once.
const MOST: usize = 512 << 10;

/// What tiles of a stream are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Query, key and value heads of one SPU, one behind the other, each rounded up.
    Heads,
    /// Rows of one matrix, from that tile of it on.
    Matrix(Tensor, usize),
    /// Tiles of gate and up in turns, from that tile of theirs on.
    GateAndUp(usize),
}

/// Tiles of one kind that follow one another in a stream.
#[derive(Clone, Debug)]
pub(super) struct Run {
    kind: Kind,
    layer: usize,
    /// Its tiles, counted from the first of that kind in the stream's layer.
    tiles: Range<usize>,
    /// Columns of a tile, rounded up.
    pub columns: usize,
    /// Where it begins in the stream, in bytes.
    pub start: usize,
}

/// Rows of a matrix that belong into a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub tensor: Tensor,
    pub layer: usize,
    /// Rows of the matrix.
    pub rows: Range<usize>,
    place: Place,
}

/// Where rows of a matrix stand in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// The row of the matrix that the others are counted from.
    origin: usize,
    /// The row of the kind's tiles where that one would stand.
    first: usize,
    /// Rows of a head, and what they are rounded up to.
    head: (usize, usize),
    /// Which of two tiles in turns is the matrix's, where there are two.
    side: Option<usize>,
    /// Rows of the kind's tiles ahead of the run.
    ahead: usize,
}

impl Part {
    /// The run's row where a row of the matrix stands.
    pub fn place(&self, shape: &Shape, row: usize) -> usize {
        let Place {
            origin,
            first,
            head: (size, rounded),
            side,
            ahead,
        } = self.place;
        let row = row - origin;
        let row = first + row / size * rounded + row % size;
        let row = match side {
            None => row,
            Some(side) => (row / shape.tile() * 2 + side) * shape.tile() + row % shape.tile(),
        };
        row - ahead
    }
}

impl Run {
    /// The run of an SPU's stream that holds byte `at`: from the tile of that byte to that of byte
    /// `end`, or less.
    pub fn of_stream(layout: &Layout, spu: usize, at: usize, end: usize) -> Self {
        let (shape, share) = (&layout.shape, &layout.shares[spu]);
        let stream = &layout.streams[spu];
        if at >= stream.classifier {
            let kind = Kind::Matrix(layout.classifier(), share.vocab.start);
            return Self::new(
                layout,
                kind,
                0,
                share.vocab.len(),
                stream.classifier,
                at,
                end,
            );
        }
        let layer = at / stream.layer;
        let mut start = layer * stream.layer;
        let kinds = [
            (Kind::Heads, share.qkv_rows(shape) / shape.tile()),
            (Kind::Matrix(Tensor::Wo, share.dim.start), share.dim.len()),
            (Kind::GateAndUp(share.hidden.start), share.hidden.len() * 2),
            (Kind::Matrix(Tensor::W2, share.dim.start), share.dim.len()),
        ];
        for (kind, tiles) in kinds {
            let bytes = tiles * layout.tile_bytes(kind.columns(shape));
            if at < start + bytes {
                return Self::new(layout, kind, layer, tiles, start, at, end);
            }
            start += bytes;
        }
        unreachable!("a layer is its tiles")
    }

    /// The run of the token embedding's tiles that begins with `tile` and ends ahead of `end`, or
    /// earlier. It stands where the first tile would begin it.
    pub fn of_embedding(layout: &Layout, tile: usize, end: usize) -> Self {
        let bytes = layout.tile_bytes(layout.shape.dim);
        let tiles = layout.shape.vocab / layout.shape.tile();
        let kind = Kind::Matrix(Tensor::TokenEmbedding, 0);
        Self::new(layout, kind, 0, tiles, 0, tile * bytes, end * bytes)
    }

    /// Of `tiles` tiles that begin at byte `start`, those from byte `at` to byte `end`.
    fn new(
        layout: &Layout,
        kind: Kind,
        layer: usize,
        tiles: usize,
        start: usize,
        at: usize,
        end: usize,
    ) -> Self {
        let columns = kind.columns(&layout.shape);
        let bytes = layout.tile_bytes(columns);
        let first = (at - start) / bytes;
        let last = (end - start).div_ceil(bytes).min(tiles);
        let last = last.min(first + (MOST / bytes).max(1));
        Self {
            kind,
            layer,
            tiles: first..last,
            columns,
            start: start + first * bytes,
        }
    }

    /// How many tiles it has.
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    /// How a row's columns are spread: so many of the matrix's become so many of the tile's.
    pub fn spread(&self, shape: &Shape) -> Option<(usize, usize)> {
        let size = shape.config.head_size();
        let attention = matches!(self.kind, Kind::Matrix(Tensor::Wo, _));
        (attention && size != shape.head).then_some((size, shape.head))
    }

    /// The rows that it is made of; what is none of them is zeros.
    pub fn parts(&self, shape: &Shape, share: Option<&Share>) -> impl Iterator<Item = Part> {
        let parts = match (self.kind, share) {
            (Kind::Heads, Some(share)) => self.heads(shape, share),
            (Kind::Heads, None) => unreachable!("heads belong to a share"),
            (Kind::Matrix(tensor, first), _) => {
                [Some(self.matrix(shape, tensor, first)), None, None]
            }
            (Kind::GateAndUp(first), _) => [
                Some(self.side(shape, Tensor::W1, first, 0)),
                Some(self.side(shape, Tensor::W3, first, 1)),
                None,
            ],
        };
        parts
            .into_iter()
            .flatten()
            .filter(|part| !part.rows.is_empty())
    }

    fn matrix(&self, shape: &Shape, tensor: Tensor, first: usize) -> Part {
        let tile = shape.tile();
        let tiles = first + self.tiles.start..first + self.tiles.end;
        self.part(shape, tensor, tiles, first, None, self.tiles.start * tile)
    }

    /// The tiles of a matrix of which every second one of the run is.
    fn side(&self, shape: &Shape, tensor: Tensor, first: usize, side: usize) -> Part {
        let to = |tile: usize| first + (tile + 1 - side) / 2;
        let tiles = to(self.tiles.start)..to(self.tiles.end);
        let ahead = self.tiles.start * shape.tile();
        self.part(shape, tensor, tiles, first, Some(side), ahead)
    }

    /// Some tiles of a matrix's rows, counted from tile `first` on.
    fn part(
        &self,
        shape: &Shape,
        tensor: Tensor,
        tiles: Range<usize>,
        first: usize,
        side: Option<usize>,
        ahead: usize,
    ) -> Part {
        let (tile, (all, _)) = (shape.tile(), tensor.shape(&shape.config));
        Part {
            tensor,
            layer: self.layer,
            rows: (tiles.start * tile).min(all)..(tiles.end * tile).min(all),
            place: Place {
                origin: first * tile,
                first: 0,
                head: (usize::MAX, 0),
                side,
                ahead,
            },
        }
    }

    fn heads(&self, shape: &Shape, share: &Share) -> [Option<Part>; 3] {
        let (size, rounded) = (shape.config.head_size(), shape.head);
        let run = self.tiles.start * shape.tile()..self.tiles.end * shape.tile();
        let mut first = 0;
        let kinds = [
            (Tensor::Wq, share.query_heads(shape)),
            (Tensor::Wk, share.kv_heads.clone()),
            (Tensor::Wv, share.kv_heads.clone()),
        ];
        kinds.map(|(tensor, heads)| {
            let (begin, origin) = (first, heads.start * size);
            first += heads.len() * rounded;
            // The matrix's row at or behind a row of the run.
            let row = |at: usize| {
                let at = at.clamp(begin, first) - begin;
                origin + at / rounded * size + (at % rounded).min(size)
            };
            Some(Part {
                tensor,
                layer: self.layer,
                rows: row(run.start)..row(run.end),
                place: Place {
                    origin,
                    first: begin,
                    head: (size, rounded),
                    side: None,
                    ahead: run.start,
                },
            })
        })
    }
}

impl Kind {
    /// Columns of a tile, rounded up.
    fn columns(self, shape: &Shape) -> usize {
        match self {
            Self::Matrix(Tensor::Wo, _) => shape.attention,
            Self::Matrix(Tensor::W2, _) => shape.hidden,
            Self::Heads | Self::Matrix(..) | Self::GateAndUp(_) => shape.dim,
        }
    }
}
