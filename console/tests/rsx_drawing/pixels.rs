//! Pixels: whole draws through `rsx-gcm`, checked one by one.

use console::rsx::Problem;
use proptest::prelude::*;
use rsx_gcm::fp::{self, ResultRegister};
use rsx_gcm::memory::{Address, Memory};
use rsx_gcm::methods::fields::{
    ColorMask, CullFace, IndexType, Primitive, TexelFormat, TextureRemap,
};
use rsx_gcm::methods::{d3, fields};
use rsx_gcm::state::Blend;
use rsx_gcm::surface::Rect;
use rsx_gcm::texture::{Layout, Texture};

use crate::screen::*;

#[test]
fn clears_obey_scissor_and_mask() {
    let mut screen = Screen::new();
    screen
        .context
        .set_scissor(Rect {
            x: 3,
            y: 5,
            width: 10,
            height: 7,
        })
        .expect("sent");
    screen.clear(0x1234_5678);
    let pixels = screen.pixels();
    for (n, pixel) in pixels.into_iter().enumerate() {
        let (x, y) = (n as u32 % WIDTH, n as u32 / WIDTH);
        let inside = (3..13).contains(&x) && (5..12).contains(&y);
        assert_eq!(pixel, if inside { 0x1234_5678 } else { 0xff00_0000 });
    }
    // Green and alpha only.
    screen
        .context
        .method(d3::SET_COLOR_CLEAR_VALUE, &[0xabcd_ef01, 0xa0])
        .expect("sent");
    assert_eq!(screen.count(0xab34_ef78), 70);
}

#[test]
fn rectangles_cover_their_pixels_and_no_more() {
    let mut screen = Screen::new();
    screen.inline(Primitive::Quads, &quad(10.0, 20.0, 7.0, 3.0, RED));
    let pixels = screen.pixels();
    for (n, pixel) in pixels.into_iter().enumerate() {
        let (x, y) = (n as u32 % WIDTH, n as u32 / WIDTH);
        let inside = (10..17).contains(&x) && (20..23).contains(&y);
        assert_eq!(
            pixel,
            if inside { 0xffff_0000 } else { 0xff00_0000 },
            "{x} {y}"
        );
    }
    // Centres on the left and upper edge belong, those on the right and lower edge do not.
    let mut screen = Screen::new();
    screen.inline(Primitive::Quads, &quad(10.5, 20.5, 2.0, 2.0, RED));
    let pixels = screen.pixels();
    for (x, y, inside) in [
        (10, 20, true),
        (11, 21, true),
        (12, 20, false),
        (10, 22, false),
        (9, 20, false),
    ] {
        assert_eq!(
            pixels[(y * WIDTH + x) as usize] == 0xffff_0000,
            inside,
            "{x} {y}"
        );
    }
}

#[test]
fn all_sources_of_vertices_draw_the_same() {
    let corners = [
        corner(3.3, 4.1, RED),
        corner(50.9, 9.7, BLUE),
        corner(20.2, 40.4, [9, 200, 77, 255]),
        corner(60.0, 47.0, RED),
        corner(1.0, 30.0, BLUE),
        corner(33.0, 2.0, RED),
    ];
    let mut inline = Screen::new();
    inline.inline(Primitive::Triangles, &corners);
    let expected = inline.pixels();
    assert!(expected.iter().any(|&p| p != 0xff00_0000));

    let mut arrays = Screen::new();
    arrays.arrays(Primitive::Triangles, &corners);
    assert_eq!(arrays.pixels(), expected);

    for kind in [IndexType::U16, IndexType::U32] {
        let mut indexed = Screen::new();
        let mut shuffled = corners;
        shuffled.reverse();
        let at = Address::main(VERTICES + 0x1000);
        let device = indexed.context.device_mut();
        device
            .write_words(Address::main(VERTICES), &Screen::words(&shuffled))
            .expect("fits");
        let words: &[u32] = match kind {
            IndexType::U16 => &[0x0005_0004, 0x0003_0002, 0x0001_0000],
            IndexType::U32 => &[5, 4, 3, 2, 1, 0],
        };
        device.write_words(at, words).expect("fits");
        indexed
            .context
            .draw_indexed(Primitive::Triangles, at, kind, 0, 6)
            .expect("sent");
        assert_eq!(indexed.pixels(), expected);
    }

    // One attribute at a time; attribute 0 last, which makes the vertex.
    let mut immediate = Screen::new();
    let c = &mut immediate.context;
    c.method(d3::SET_BEGIN_END, &[Primitive::Triangles.bits()])
        .expect("sent");
    for (position, colour, at) in corners {
        c.method(d3::SET_VERTEX_DATA4UB.at(3), &[u32::from_le_bytes(colour)])
            .expect("sent");
        c.method(d3::SET_VERTEX_DATA2F_X.at(8), &at.map(f32::to_bits))
            .expect("sent");
        // Two floats leave z 0 and w 1.
        c.method(
            d3::SET_VERTEX_DATA2F_X.at(0),
            &[position[0], position[1]].map(f32::to_bits),
        )
        .expect("sent");
    }
    c.method(d3::SET_BEGIN_END, &[0]).expect("sent");
    assert_eq!(immediate.pixels(), expected);
}

#[test]
fn strips_fans_and_quads_cover_a_rectangle_once() {
    // Additive blending shows pixels that are covered twice.
    let add = Blend::add(fields::BlendFactor::One, fields::BlendFactor::One);
    let [a, b, c, d] = quad(5.0, 6.0, 31.0, 17.0, [1, 2, 3, 4]);
    let cases: [(Primitive, Vec<Corner>); 6] = [
        (Primitive::Quads, vec![a, b, c, d]),
        (Primitive::Polygon, vec![a, b, c, d]),
        (Primitive::TriangleFan, vec![a, b, c, d]),
        (Primitive::TriangleStrip, vec![a, b, d, c]),
        (Primitive::QuadStrip, vec![a, d, b, c]),
        (Primitive::Triangles, vec![a, b, c, a, c, d]),
    ];
    for (primitive, corners) in cases {
        let mut screen = Screen::new();
        screen.clear(0);
        screen.context.set_blend(Some(&add)).expect("sent");
        screen.inline(primitive, &corners);
        assert_eq!(screen.count(0x0401_0203), 31 * 17, "{primitive:?}");
        assert_eq!(
            screen.count(0),
            (WIDTH * HEIGHT) as usize - 31 * 17,
            "{primitive:?}"
        );
    }
}

#[test]
fn points_and_lines_have_their_size() {
    let mut screen = Screen::new();
    screen
        .context
        .method(
            rsx_gcm::methods::Method::new(rsx_gcm::methods::Subchannel::D3, 0x1ee0),
            &[4f32.to_bits()],
        )
        .expect("sent");
    screen.inline(
        Primitive::Points,
        &[corner(20.0, 20.0, RED), corner(40.0, 20.0, RED)],
    );
    assert_eq!(screen.count(0xffff_0000), 32);
    let mut screen = Screen::new();
    screen.inline(
        Primitive::Lines,
        &[corner(5.0, 10.5, BLUE), corner(25.0, 10.5, BLUE)],
    );
    assert_eq!(screen.count(0xff00_00ff), 20);
    let mut screen = Screen::new();
    // A closed line around a rectangle.
    let corners =
        [(10.5, 10.5), (20.5, 10.5), (20.5, 20.5), (10.5, 20.5)].map(|(x, y)| corner(x, y, BLUE));
    screen.inline(Primitive::LineLoop, &corners);
    // The upper left corner belongs to two of the lines, the lower right one to none.
    assert_eq!(screen.count(0xff00_00ff), 39);
}

#[test]
fn faces_are_culled_by_their_winding_on_the_screen() {
    // Clockwise on the screen.
    let clockwise = [
        corner(5.0, 5.0, RED),
        corner(30.0, 5.0, RED),
        corner(5.0, 30.0, RED),
    ];
    let mut counter = clockwise;
    counter.swap(1, 2);
    for (corners, faces, drawn) in [
        (clockwise, CullFace::Back, false),
        (counter, CullFace::Back, true),
        (clockwise, CullFace::Front, true),
        (counter, CullFace::Front, false),
        (counter, CullFace::FrontAndBack, false),
    ] {
        let mut screen = Screen::new();
        screen.context.set_cull(Some(faces)).expect("sent");
        screen.inline(Primitive::Triangles, &corners);
        assert_eq!(screen.count(0xffff_0000) > 0, drawn, "{faces:?}");
    }
}

#[test]
fn colours_are_interpolated_linearly_in_the_plane() {
    let mut screen = Screen::new();
    let grey = |v: u8| [v, v, v, 255];
    let mut corners = quad(0.0, 0.0, 64.0, 48.0, grey(0));
    corners[1].1 = grey(255);
    corners[2].1 = grey(255);
    screen.inline(Primitive::Quads, &corners);
    for (n, pixel) in screen.pixels().into_iter().enumerate() {
        let x = (n as u32 % WIDTH) as f32;
        let expected = (x + 0.5) / 64.0 * 255.0;
        let found = (pixel & 0xff) as f32;
        assert!((found - expected).abs() <= 0.5001, "{found} {expected}");
    }
}

#[test]
fn perspective_is_corrected() {
    // The right edge is twice as far away: half way on the screen is a third of the way there.
    let mut screen = Screen::new();
    let near = |x: f32, y: f32, v: u8| ([x, y, 0.0, 1.0], [v, v, v, 255], [0.0; 2]);
    let far = |x: f32, y: f32, v: u8| ([2.0 * x, 2.0 * y, 0.0, 2.0], [v, v, v, 255], [0.0; 2]);
    let corners = [
        near(0.0, 0.0, 0),
        far(64.0, 0.0, 255),
        far(64.0, 48.0, 255),
        near(0.0, 48.0, 0),
    ];
    screen.inline(Primitive::Quads, &corners);
    for (n, pixel) in screen.pixels().into_iter().enumerate() {
        let s = f64::from((n as u32 % WIDTH) as f32 + 0.5) / 64.0;
        let expected = (s / 2.0) / ((1.0 - s) + s / 2.0) * 255.0;
        let found = f64::from(pixel & 0xff);
        assert!((found - expected).abs() <= 0.51, "{found} {expected}");
    }
}

#[test]
fn what_lies_behind_the_eye_is_cut_off() {
    // A floor that runs from below to far ahead, with two corners behind the eye: it fills the lower half.
    let mut screen = Screen::new();
    let corners = [
        (-400.0, 100.0, 5.0),
        (400.0, 100.0, 5.0),
        (400.0, 100.0, -5.0),
        (-400.0, 100.0, -5.0),
    ]
    .map(|(x, y, w)| ([32.0 * w + x, 24.0 * w + y, 0.0, w], RED, [0.0; 2]));
    screen.inline(Primitive::Quads, &corners);
    let pixels = screen.pixels();
    for (n, pixel) in pixels.into_iter().enumerate() {
        // It lies 100 below the eye and starts at 5: 20 rows below the horizon at row 24, and on.
        let y = n as u32 / WIDTH;
        assert_eq!(pixel == 0xffff_0000, y >= 44, "{y}");
    }
}

#[test]
fn viewport_and_scissor_bound_what_is_drawn() {
    let mut screen = Screen::new();
    let c = &mut screen.context;
    c.set_scissor(Rect {
        x: 8,
        y: 8,
        width: 20,
        height: 20,
    })
    .expect("sent");
    c.method(d3::SET_VIEWPORT_HORIZONTAL, &[16 << 16 | 20, 40 << 16])
        .expect("sent");
    screen.inline(Primitive::Quads, &quad(-500.0, -500.0, 5000.0, 5000.0, RED));
    let pixels = screen.pixels();
    for (n, pixel) in pixels.into_iter().enumerate() {
        let (x, y) = (n as u32 % WIDTH, n as u32 / WIDTH);
        let inside = (20..28).contains(&x) && (8..28).contains(&y);
        assert_eq!(pixel == 0xffff_0000, inside, "{x} {y}");
    }
}

#[test]
fn textures_land_on_their_pixels() {
    for layout in [Layout::Linear { pitch: 64 }, Layout::Swizzled] {
        let mut screen = Screen::new();
        let texture = Texture {
            remap: TextureRemap::IDENTITY,
            ..Texture::new(
                Address::local(TEXTURE),
                TexelFormat::A8R8G8B8,
                layout,
                16,
                8,
            )
        };
        let texel = |x: u32, y: u32| 0xff00_0000 | x << 20 | y << 12 | 0x55;
        let texels: Vec<u32> = (0..128).map(|n| texel(n % 16, n / 16)).collect();
        let device = screen.context.device_mut();
        match layout {
            Layout::Linear { .. } => device.write_words(texture.at, &texels).expect("fits"),
            Layout::Swizzled => {
                for (n, texel) in texels.iter().enumerate() {
                    // Three bits of each side in turn, then the fourth of x.
                    let (x, y) = (n as u32 % 16, n as u32 / 16);
                    let place = (0..3)
                        .map(|b| (x >> b & 1) << (2 * b) | (y >> b & 1) << (2 * b + 1))
                        .sum::<u32>()
                        + (x >> 3 << 6);
                    let at = Address::local(TEXTURE + 4 * place);
                    device.write_words(at, &[*texel]).expect("fits");
                }
            }
        }
        screen.program(&textured());
        screen.context.bind_texture(2, &texture).expect("sent");
        let white = [255; 4];
        let mut corners = quad(20.0, 10.0, 16.0, 8.0, white);
        for (corner, at) in corners
            .iter_mut()
            .zip([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        {
            corner.2 = at;
        }
        screen.inline(Primitive::Quads, &corners);
        let pixels = screen.pixels();
        for y in 0..8 {
            for x in 0..16 {
                assert_eq!(
                    pixels[((y + 10) * WIDTH + x + 20) as usize],
                    texel(x, y),
                    "{x} {y}"
                );
            }
        }
    }
}

#[test]
fn a_change_of_a_program_counts_from_where_it_was_sent() {
    let mut builder = fp::Builder::new();
    let tint = builder.parameter();
    builder.mov(fp::Register::R(0), fp::Value::Parameter(tint));
    let program = builder.finish(ResultRegister::R0).expect("assembles");
    let mut screen = Screen::new();
    screen.program(&program);
    let at = Address::local(PROGRAM);
    let c = &mut screen.context;
    c.set_fragment_parameter(at, &program, tint, [1.0, 0.0, 0.0, 1.0])
        .expect("sent");
    screen.inline(Primitive::Quads, &quad(0.0, 0.0, 10.0, 10.0, BLUE));
    let c = &mut screen.context;
    c.set_fragment_parameter(at, &program, tint, [0.0, 1.0, 0.0, 1.0])
        .expect("sent");
    screen.inline(Primitive::Quads, &quad(20.0, 0.0, 10.0, 10.0, BLUE));
    assert_eq!(screen.count(0xffff_0000), 100);
    assert_eq!(screen.count(0xff00_ff00), 100);
}

/// What the device has to say about a draw, its problem alone.
fn problems(screen: &mut Screen) -> Vec<String> {
    screen.context.finish().expect("drawn");
    let reports = screen.context.device_mut().take_reports();
    reports
        .iter()
        .map(|report| report.problem.to_string())
        .collect()
}

#[test]
fn what_caches_may_still_hold_is_reported_where_that_is_wanted() {
    let mut screen = Screen::new();
    screen.context.device_mut().watch_caches();
    let texture = Texture::new(
        Address::local(TEXTURE),
        TexelFormat::B8,
        Layout::Linear { pitch: 64 },
        16,
        8,
    );
    screen.program(&textured());
    screen.context.bind_texture(2, &texture).expect("sent");
    let corners = quad(20.0, 10.0, 16.0, 8.0, [255; 4]);
    // Without the commands before a draw that `rsx-gcm` adds.
    let draw = |screen: &mut Screen| {
        let c = &mut screen.context;
        for (method, argument) in [
            (d3::SET_BEGIN_END, Primitive::Quads.bits()),
            (d3::DRAW_ARRAYS, 3 << 24),
            (d3::SET_BEGIN_END, 0),
        ] {
            c.method(method, &[argument]).expect("sent");
        }
    };
    screen.arrays(Primitive::Quads, &corners);
    draw(&mut screen);
    assert_eq!(problems(&mut screen), Vec::<String>::new());

    let device = screen.context.device_mut();
    device
        .write(Address::local(TEXTURE + 70), &[9])
        .expect("fits");
    draw(&mut screen);
    let texture = "a texture changed, and INVALIDATE_L2 was not sent since it was read";
    assert_eq!(problems(&mut screen), [texture]);
    let device = screen.context.device_mut();
    device
        .write(Address::local(TEXTURE + 70), &[8])
        .expect("fits");
    screen.context.invalidate_textures().expect("sent");
    draw(&mut screen);
    assert_eq!(problems(&mut screen), Vec::<String>::new());

    let device = screen.context.device_mut();
    device
        .write_words(Address::main(VERTICES + 28), &[0])
        .expect("fits");
    draw(&mut screen);
    let vertices = "vertices changed, and INVALIDATE_VERTEX_FILE was not sent since they were read";
    assert_eq!(problems(&mut screen), [vertices]);
    screen.arrays(Primitive::Quads, &corners);
    assert_eq!(problems(&mut screen), Vec::<String>::new());

    // The first instruction's unit.
    let device = screen.context.device_mut();
    let mut word = [0; 4];
    device
        .read(Address::local(PROGRAM), &mut word)
        .expect("there");
    device
        .write(Address::local(PROGRAM), &[0; 4])
        .expect("fits");
    draw(&mut screen);
    let program =
        "the fragment program changed, and SET_SHADER_PROGRAM was not sent since it was read";
    assert_eq!(problems(&mut screen), [program]);
    let device = screen.context.device_mut();
    device.write(Address::local(PROGRAM), &word).expect("fits");
    let at = Address::local(PROGRAM);
    screen
        .context
        .use_fragment_program(at, &textured())
        .expect("sent");
    draw(&mut screen);
    assert_eq!(problems(&mut screen), Vec::<String>::new());
}

#[test]
fn differences_give_the_slope() {
    // Colour = slope of the texture coordinate, which is the pixel position times these factors.
    let mut builder = fp::Builder::new();
    builder
        .ddx(fp::Register::R(1), fp::Input::TexCoord(0))
        .ddy(fp::Register::R(2), fp::Input::TexCoord(0))
        .mov(fp::Register::R(0), fp::constant([0.0, 0.0, 0.0, 1.0]))
        .mov(
            fp::Register::R(0).mask(rsx_gcm::operand::Mask::X),
            fp::Source::from(fp::Register::R(1)).x(),
        )
        .mov(
            fp::Register::R(0).mask(rsx_gcm::operand::Mask::Y),
            fp::Source::from(fp::Register::R(2)).y(),
        );
    let program = builder.finish(ResultRegister::R0).expect("assembles");
    let mut screen = Screen::new();
    screen.program(&program);
    let mut corners = quad(1.0, 1.0, 61.0, 45.0, RED);
    for corner in &mut corners {
        corner.2 = [corner.0[0] * 0.25, corner.0[1] * 0.5];
    }
    screen.inline(Primitive::Quads, &corners);
    assert_eq!(screen.count(0xff40_8000), 61 * 45);
}

#[test]
fn masks_and_flat_shading_are_kept() {
    let mut screen = Screen::new();
    screen
        .context
        .set_color_mask(ColorMask::default().with_green(true).with_alpha(true))
        .expect("sent");
    screen.inline(
        Primitive::Quads,
        &quad(0.0, 0.0, 4.0, 4.0, [10, 20, 30, 40]),
    );
    assert_eq!(screen.count(0x2800_1400), 16);
    let mut screen = Screen::new();
    screen
        .context
        .method(d3::SET_SHADE_MODE, &[0x1d00])
        .expect("sent");
    let corners = [
        corner(0.0, 0.0, RED),
        corner(60.0, 0.0, RED),
        corner(0.0, 40.0, BLUE),
    ];
    screen.inline(Primitive::Triangles, &corners);
    assert_eq!(screen.count(0xffff_0000), 0);
    assert!(screen.count(0xff00_00ff) > 1000);
}

#[test]
fn draws_that_cannot_be_done_are_reported() {
    type Case = Box<dyn Fn(&mut Screen)>;
    let mut cases: Vec<(&str, Case)> = Vec::new();
    cases.push((
        "vertices outside of memory",
        Box::new(|screen| {
            let format = screen.format.clone();
            let c = &mut screen.context;
            c.set_vertex_arrays(Address::main((1 << 20) - 16), &format)
                .expect("sent");
            c.draw_arrays(Primitive::Triangles, 0, 3).expect("sent");
        }),
    ));
    cases.push((
        "a texture that is off",
        Box::new(|screen| {
            screen.program(&textured());
            screen.inline(Primitive::Quads, &quad(0.0, 0.0, 5.0, 5.0, RED));
        }),
    ));
    cases.push((
        "a texture in the target",
        Box::new(|screen| {
            screen.program(&textured());
            let texture =
                Texture::new(Address::local(128), TexelFormat::B8, Layout::Swizzled, 8, 8);
            screen.context.bind_texture(2, &texture).expect("sent");
            screen.inline(Primitive::Quads, &quad(0.0, 0.0, 5.0, 5.0, RED));
        }),
    ));
    cases.push((
        "a target outside of memory",
        Box::new(|screen| {
            screen
                .context
                .method(d3::SET_SURFACE_COLOR_AOFFSET, &[(1 << 20) - 64])
                .expect("sent");
            screen.inline(Primitive::Quads, &quad(0.0, 0.0, 5.0, 5.0, RED));
        }),
    ));
    cases.push((
        "half a vertex",
        Box::new(|screen| {
            screen
                .context
                .draw_inline(Primitive::Quads, &[1, 2, 3])
                .expect("sent");
        }),
    ));
    cases.push((
        "a program of nothing but zeros",
        Box::new(|screen| {
            screen
                .context
                .method(d3::SET_SHADER_PROGRAM, &[0x8_0001])
                .expect("sent");
            screen.inline(Primitive::Quads, &quad(0.0, 0.0, 5.0, 5.0, RED));
        }),
    ));
    for (name, case) in cases {
        let mut screen = Screen::new();
        case(&mut screen);
        screen.context.finish().expect("it goes on");
        let reports = screen.context.device_mut().take_reports();
        assert_eq!(reports.len(), 1, "{name}: {reports:?}");
        assert_ne!(reports[0].problem, Problem::UnknownMethod);
        assert!(
            screen.raw().iter().all(|&pixel| pixel == 0xff00_0000),
            "{name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Translucent fans leave each pixel blended once, whatever way they are cut and sent.
    #[test]
    fn fans_blend_each_pixel_once(
        centre in (1.0f32..63.0, 1.0f32..47.0),
        cuts in prop::collection::vec(0.0f32..4.0, 0..10),
        strip in any::<bool>(),
    ) {
        let mut around: Vec<f32> = cuts.into_iter().chain([0.0, 1.0, 2.0, 3.0]).collect();
        around.sort_by(f32::total_cmp);
        let edge = |at: f32| {
            let (side, way) = (at.floor(), at.fract());
            let (x, y) = [(way, 0.0), (1.0, way), (1.0 - way, 1.0), (0.0, 1.0 - way)][side as usize % 4];
            corner(4.0 + 50.0 * x, 3.0 + 40.0 * y, [128, 64, 32, 128])
        };
        let mut middle = corner(centre.0.clamp(5.0, 53.0), centre.1.clamp(4.0, 42.0), [0; 4]);
        middle.1 = [128, 64, 32, 128];
        let mut corners = vec![middle];
        corners.extend(around.iter().map(|&at| edge(at)));
        corners.push(edge(around[0]));
        let mut screen = Screen::new();
        screen.clear(0);
        screen.context.set_blend(Some(&Blend::add(fields::BlendFactor::One, fields::BlendFactor::One))).expect("sent");
        if strip {
            let mut triangles = Vec::new();
            for pair in corners[1..].windows(2) {
                triangles.extend([middle, pair[0], pair[1]]);
            }
            screen.arrays(Primitive::Triangles, &triangles);
        } else {
            screen.inline(Primitive::TriangleFan, &corners);
        }
        prop_assert_eq!(screen.count(0x8080_4020), 50 * 40);
        prop_assert_eq!(screen.count(0), (WIDTH * HEIGHT) as usize - 50 * 40);
    }
}
