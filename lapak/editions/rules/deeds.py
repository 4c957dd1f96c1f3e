"""What may be done to an edition, as it stands in its log."""

from enum import StrEnum

from lapak.kernel.words import say


class Deed(StrEnum):
    """One kind of decision."""

    PLANNED = "planned"
    CHANGED = "changed"
    OPENED = "opened"
    BEGUN = "begun"
    NOMINATED = "nominated"
    PROPOSED = "proposed"
    PUT_IN = "put_in"
    TAKEN_OUT = "taken_out"
    UNPINNED = "unpinned"
    WAVED = "waved"
    LOOKED_AGAIN = "looked_again"
    SCHEDULED = "scheduled"
    RECALLED = "recalled"
    HELD_UP = "held_up"
    PUBLISHED = "published"
    REPLACED = "replaced"
    CORRECTED = "corrected"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    STEPPED_BACK = "stepped_back"
    DECLINED = "declined"


DEED_NAMES = {
    Deed.PLANNED: say("Direncanakan"),
    Deed.CHANGED: say("Rencana diubah"),
    Deed.OPENED: say("Pendaftaran dibuka"),
    Deed.BEGUN: say("Penilaian dimulai"),
    Deed.NOMINATED: say("Diajukan kurator"),
    Deed.PROPOSED: say("Daftar disusun dari nilai"),
    Deed.PUT_IN: say("Dimasukkan kurator di luar urutan nilai"),
    Deed.TAKEN_OUT: say("Dikeluarkan kurator di luar urutan nilai"),
    Deed.UNPINNED: say("Dikembalikan ke urutan nilai"),
    Deed.WAVED: say("Tetap ditampilkan walau belum memenuhi semua pemeriksaan"),
    Deed.LOOKED_AGAIN: say("Produk yang berubah dilihat lagi dan tetap ikut"),
    Deed.SCHEDULED: say("Dijadwalkan terbit"),
    Deed.RECALLED: say("Jadwal dibatalkan, kembali disusun"),
    Deed.HELD_UP: say("Penerbitan ditunda"),
    Deed.PUBLISHED: say("Terbit"),
    Deed.REPLACED: say("Belum siap saat terbit, jadi tidak tampil"),
    Deed.CORRECTED: say("Dikoreksi"),
    Deed.REMOVED: say("Lapak ditarik dari edisi"),
    Deed.WITHDRAWN: say("Edisi ditarik"),
    Deed.RESTORED: say("Edisi ditampilkan lagi"),
    Deed.CANCELLED: say("Dibatalkan"),
    Deed.HANDED_OVER: say("Diserahkan"),
    Deed.STEPPED_BACK: say("Penjual mundur"),
    Deed.DECLINED: say("Penjual memilih tidak ikut"),
}
PUBLIC_DEEDS = frozenset(
    {
        Deed.PUT_IN, Deed.TAKEN_OUT, Deed.WAVED, Deed.LOOKED_AGAIN, Deed.REPLACED, Deed.CORRECTED, Deed.REMOVED, Deed.WITHDRAWN,
        Deed.RESTORED, Deed.CANCELLED,
    }
)  # fmt: skip
"""What everybody may read, with its reason: where people went against the scores or changed what had been published."""
