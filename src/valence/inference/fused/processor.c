/* Which sets of instructions this library, this processor and this system have. */
#include "kernels.h"

extern const Kernels portable_kernels;

#if defined(ON_X86)
#include <cpuid.h>

extern const Kernels avx2_kernels, avx_vnni_kernels, avx512_vnni_kernels;

/* Which registers the operating system saves when it switches between processes: bits of XCR0. */
static unsigned saved_registers(void) {
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has_avx2(void) {
    enum { FMA = 1u << 12, WITH_AVX2 = 1u << 5, YMM = 0x6 };
    unsigned a, b, c, d;
    if ((saved_registers() & YMM) != YMM || !__get_cpuid(1, &a, &b, &c, &d) || !(c & FMA)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & WITH_AVX2);
}

static int has_avx_vnni(void) {
    unsigned a, b, c, d;
    return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}

static int has_avx512_vnni(void) {
    enum { F = 1u << 16, DQ = 1u << 17, BW = 1u << 30, VNNI = 1u << 11, ZMM = 0xE6 };
    const unsigned avx512 = F | DQ | BW | 1u << 31; /* bit 31 is VL */
    unsigned a, b, c, d;
    if (!has_avx2() || (saved_registers() & ZMM) != ZMM || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    return (b & avx512) == avx512 && (c & VNNI);
}
#endif

#if defined(ON_X86) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

extern const Kernels amx_kernels;

static int has_amx(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18, TILES = 3u << 24 };
    unsigned a, b, c, d;
    if (!has_avx512_vnni() || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & TILES) != TILES) return 0;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#endif

#if defined(ON_ARM)
extern const Kernels neon_dot_kernels, neon_i8mm_kernels;

#if defined(__linux__)
#include <sys/auxv.h>
static int has_neon_dot(void) { return getauxval(AT_HWCAP) >> 20 & 1; } /* HWCAP_ASIMDDP */
static int has_neon_i8mm(void) { return has_neon_dot() && getauxval(AT_HWCAP2) >> 13 & 1; } /* HWCAP2_I8MM */
#else
#include <sys/sysctl.h>
static int has_neon_dot(void) { return 1; } /* every Mac with an Arm processor */
static int has_neon_i8mm(void) {
    int found = 0;
    size_t size = sizeof found;
    return !sysctlbyname("hw.optional.arm.FEAT_I8MM", &found, &size, NULL, 0) && found;
}
#endif
#endif

const Kernels *kernels_of(int set) {
    switch (set) {
    case PORTABLE: return &portable_kernels;
#if defined(ON_X86)
    case AVX2: return &avx2_kernels;
    case AVX_VNNI: return &avx_vnni_kernels;
    case AVX512_VNNI: return &avx512_vnni_kernels;
#endif
#if defined(ON_X86) && defined(__linux__)
    case AMX: return &amx_kernels;
#endif
#if defined(ON_ARM)
    case NEON_DOT: return &neon_dot_kernels;
    case NEON_I8MM: return &neon_i8mm_kernels;
#endif
    default: return NULL;
    }
}

int processor_has(int set) {
    switch (set) {
    case PORTABLE: return 1;
#if defined(ON_X86)
    case AVX2: return has_avx2();
    case AVX_VNNI: return has_avx_vnni();
    case AVX512_VNNI: return has_avx512_vnni();
#endif
#if defined(ON_X86) && defined(__linux__)
    case AMX: return has_amx();
#endif
#if defined(ON_ARM)
    case NEON_DOT: return has_neon_dot();
    case NEON_I8MM: return has_neon_i8mm();
#endif
    default: return 0;
    }
}
