"""The only readers and writers of pixels, frames and meshes."""
